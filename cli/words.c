/* cli/words.c: options in the library's sentences, as they are typed, or what else to do where a command has them not. */
#include "words.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* An option in a sentence: `name` or `name=value`. */
typedef struct mark {
    char name[32], value[64];
    const char *end; /* behind the second quote */
} mark;

static int read_mark(const char *at, mark *m)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
    const size_t length = strspn(at + 1, letters);
    const char *const behind = at + 1 + length;
    const size_t rest = *behind == '=' ? strcspn(behind + 1, "`") : 0;
    const char *const close = *behind == '=' ? behind + 1 + rest : behind;
    if (length == 0 || length >= sizeof m->name || rest >= sizeof m->value || *close != '`')
        return 0;
    *m = (mark){.end = close + 1};
    memcpy(m->name, at + 1, length);
    memcpy(m->value, behind + (rest > 0), rest);
    return 1;
}

static int takes(const command *about, const char *name)
{
    for (int i = 0; flag_at(i) != NULL; ++i) {
        if (name_distance(flag_at(i)->name, name) == 0 && command_takes_flag(about, flag_at(i)))
            return 1;
    }
    const rlra_option *const option = rlra_option_find(name);
    return option != NULL && command_takes_option(about, option);
}

/* "nmf and cp", those that take it; "" for a name that is no option. */
static void add_commands(textbuf *t, const char *name)
{
    const command *last = NULL;
    int count = 0;
    for (int i = 0; command_at(i) != NULL; ++i) {
        if (rlra_task_find(command_at(i)->name) == NULL || !takes(command_at(i), name))
            continue;
        if (last != NULL)
            text_add(t, "%srlra %s", count++ == 0 ? "" : ", ", last->name);
        last = command_at(i);
    }
    if (last != NULL)
        text_add(t, "%srlra %s", count == 0 ? "" : " and ", last->name);
}

static void add_typed(textbuf *t, const mark *m)
{
    text_add(t, "--");
    for (const char *c = m->name; *c != '\0'; ++c)
        text_add(t, "%c", *c == '_' ? '-' : *c);
    text_add(t, "%s%s", m->value[0] == '\0' ? "" : " ", m->value);
}

/* What to do in a command that has no such option. */
static void add_instead(textbuf *t, const command *about, const mark *m, const char *others)
{
    if (strcmp(m->name, "missing") == 0)
        text_add(t, "; rlra %s needs all entries: fill those in, or leave their rows or columns out; %s %s ",
                 about->name, others, strstr(others, " and ") == NULL ? "takes" : "take");
    else
        text_add(t, "; rlra %s has no such option, %s %s ", about->name, others,
                 strstr(others, " and ") == NULL ? "has" : "have");
    add_typed(t, m);
}

static void cut(textbuf *t, size_t length)
{
    t->length = length;
    t->bytes[length] = '\0';
}

/* Leave out what advises an option that is not there; returns where the sentence goes on. */
static const char *leave_out(textbuf *t, const command *about, const mark *m, const char *others)
{
    if (t->length > 1 && t->bytes[t->length - 1] == '(' && *m->end == ')') {
        cut(t, t->length - 1);
        while (t->length > 0 && t->bytes[t->length - 1] == ' ')
            cut(t, t->length - 1);
        return m->end + 1;
    }
    size_t from = t->length;
    while (from > 0 && t->bytes[from - 1] != ';')
        --from;
    if (from > 0)
        cut(t, from - 1);
    add_instead(t, about, m, others);
    return m->end + strcspn(m->end, ";");
}

char *words_of(const command *about, const char *sentence)
{
    textbuf t = {NULL, 0, 0};
    text_add(&t, "%s", "");
    for (const char *at = sentence; *at != '\0';) {
        mark m;
        if (*at != '`' || !read_mark(at, &m)) {
            text_add(&t, "%c", *at++);
            continue;
        }
        textbuf others = {NULL, 0, 0};
        text_add(&others, "%s", "");
        add_commands(&others, m.name);
        if (others.length > 0 && about != NULL && !takes(about, m.name)) {
            at = leave_out(&t, about, &m, others.bytes);
        } else if (others.length > 0) {
            add_typed(&t, &m);
            at = m.end;
        } else {
            text_add(&t, "%.*s", (int)(m.end - at), at);
            at = m.end;
        }
        text_clear(&others);
    }
    return t.bytes;
}

char *words_reported(const command *about, const rlra_context *context, rlra_status status)
{
    const char *const sentence = rlra_context_message(context);
    return words_of(about, sentence[0] == '\0' ? rlra_status_text(status) : sentence);
}

int words_check_given(const request *asked, const char *const *rules, int rule_count)
{
    const rlra_status status =
        rlra_options_check_given(asked->context, &asked->options, asked->given, rules, rule_count);
    if (status == RLRA_OK)
        return EXIT_OK;
    char *const words = words_reported(asked->about, asked->context, status);
    const int code = usage_error(asked->about, "%s", words);
    free(words);
    return code;
}
