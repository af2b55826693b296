/* cli/list.c: `rlra list`: what this build offers, walked from the registries, as text or JSON. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "say.h"
#include "text.h"

static void print_families(void)
{
    for (int f = 0; rlra_family_at(f) != NULL; ++f) {
        const char *const family = rlra_family_at(f);
        if (f > 0)
            fputc('\n', stdout);
        say(stdout, "%s\n", family);
        for (int i = 0; rlra_member_at(family, i) != NULL; ++i) {
            const rlra_member *const member = rlra_member_at(family, i);
            say(stdout, "  %-12s %s", member->name, member->summary);
            if (member->properties[0] != '\0')
                say(stdout, " [%s]", member->properties);
            say(stdout, "%s%s%s\n", member->reference[0] == '\0' ? "" : " (", member->reference,
                member->reference[0] == '\0' ? "" : ")");
        }
    }
}

static void add_families(cJSON *root)
{
    cJSON *const families = cJSON_AddObjectToObject(root, "families");
    for (int f = 0; rlra_family_at(f) != NULL; ++f) {
        cJSON *const members = cJSON_AddArrayToObject(families, rlra_family_at(f));
        for (int i = 0; rlra_member_at(rlra_family_at(f), i) != NULL; ++i) {
            const rlra_member *const member = rlra_member_at(rlra_family_at(f), i);
            cJSON *const item = cJSON_CreateObject();
            cJSON_AddStringToObject(item, "name", member->name);
            cJSON_AddStringToObject(item, "summary", member->summary);
            cJSON_AddStringToObject(item, "properties", member->properties);
            cJSON_AddStringToObject(item, "reference", member->reference);
            cJSON_AddItemToArray(members, item);
        }
    }
}

/* JSON knows no infinity: a bound that is none is null. */
static void add_options(cJSON *root)
{
    static const char *const kinds[] = {"int", "double", "name"};
    cJSON *const options = cJSON_AddArrayToObject(root, "options");
    for (int i = 0; i < rlra_option_count(); ++i) {
        const rlra_option *const row = rlra_option_at(i);
        cJSON *const item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", row->name);
        cJSON_AddStringToObject(item, "kind", kinds[row->kind]);
        cJSON_AddStringToObject(item, "default", row->standard);
        if (row->kind == RLRA_OPTION_NAME) {
            cJSON_AddStringToObject(item, "choices", row->choices);
        } else {
            cJSON_AddNumberToObject(item, "least", row->least);
            cJSON_AddNumberToObject(item, "most", row->most);
        }
        cJSON_AddStringToObject(item, "needs", row->needs);
        cJSON_AddStringToObject(item, "help", row->help);
        cJSON_AddItemToArray(options, item);
    }
}

/* Where the defaults of a task differ from those of the option table, as words NAME=VALUE. */
static void add_own_defaults(cJSON *item, const char *name)
{
    textbuf words = {0};
    rlra_option row;
    text_add(&words, "%s", "");
    for (int i = 0; rlra_task_option(rlra_task_find(name), i, &row); ++i) {
        if (strcmp(row.standard, rlra_option_find(row.name)->standard) != 0)
            text_add(&words, "%s%s=%s", words.length == 0 ? "" : " ", row.name, row.standard);
    }
    cJSON_AddStringToObject(item, "own_defaults", words.bytes);
    text_clear(&words);
}

static void add_commands(cJSON *root)
{
    cJSON *const commands = cJSON_AddArrayToObject(root, "commands");
    for (int i = 0; command_at(i) != NULL; ++i) {
        cJSON *const item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", command_at(i)->name);
        cJSON_AddStringToObject(item, "arguments", command_at(i)->arguments);
        cJSON_AddStringToObject(item, "summary", command_at(i)->summary);
        add_own_defaults(item, command_at(i)->name);
        cJSON *const flags = cJSON_AddArrayToObject(item, "options");
        for (int f = 0; flag_at(f) != NULL; ++f) {
            if (!command_takes_flag(command_at(i), flag_at(f)))
                continue;
            cJSON *const row = cJSON_CreateObject();
            cJSON_AddStringToObject(row, "name", flag_at(f)->name);
            cJSON_AddStringToObject(row, "default", flag_standard(command_at(i), flag_at(f)));
            cJSON_AddStringToObject(row, "choices", flag_at(f)->choices);
            cJSON_AddStringToObject(row, "needs", flag_needs(command_at(i), flag_at(f)));
            cJSON_AddStringToObject(row, "help", flag_at(f)->help);
            cJSON_AddItemToArray(flags, row);
        }
        cJSON_AddItemToArray(commands, item);
    }
}

static void add_build(cJSON *root)
{
    const rlra_build *const build = rlra_build_info();
    cJSON *const item = cJSON_AddObjectToObject(root, "build");
    cJSON_AddStringToObject(item, "version", build->version);
    cJSON_AddStringToObject(item, "compiler", build->compiler);
    cJSON_AddStringToObject(item, "blas", build->blas);
    cJSON_AddStringToObject(item, "kernels", build->kernels);
    cJSON_AddStringToObject(item, "precisions", build->precisions);
    cJSON_AddStringToObject(item, "features", build->features);
    cJSON_AddNumberToObject(item, "threads", build->threads);
}

int command_list(const request *asked)
{
    if (!asked->json) {
        print_families();
        return EXIT_OK;
    }
    cJSON *const root = cJSON_CreateObject();
    add_build(root);
    add_families(root);
    add_options(root);
    add_commands(root);
    char *const text = cJSON_Print(root);
    cJSON_Delete(root);
    if (text == NULL)
        return run_error("%s", rlra_status_text(RLRA_ERR_MEMORY));
    say_json(stdout, text);
    fputc('\n', stdout);
    cJSON_free(text);
    return EXIT_OK;
}
