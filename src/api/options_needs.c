/* api/options_needs.c: options that were given but have no effect, as an option that they need was not. */
#include <stdio.h>
#include <string.h>

#include "core/context.h"
#include "rlra/options.h"

/* What an option needs: "partner", or "partner=value,value". */
typedef struct need {
    const rlra_option *partner;
    const char *values; /* "" if any value but the default will do */
} need;

static need read_need(const char *text)
{
    char name[32];
    const size_t length = strcspn(text, "=");
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    return (need){rlra_option_find(name), text[length] == '=' ? text + length + 1 : ""};
}

/* Whether a word is in a list with this separator. */
static int listed(const char *list, char between, const char *word, size_t length)
{
    const char breaks[] = {between, '\0'};
    for (const char *at = list; *at != '\0'; at += *at == between) {
        const size_t here = strcspn(at, breaks);
        if (here == length && memcmp(at, word, length) == 0)
            return 1;
        at += here;
    }
    return 0;
}

/* The value of a field as text. */
static const char *said(const rlra_options *options, const rlra_option *row, char *room, size_t size)
{
    return rlra_options_get(NULL, options, row->name, room, size) == RLRA_OK ? room : "";
}

static int is_met(const need *n, const char *value, const char *const *rules, int rule_count)
{
    if (n->values[0] == '\0')
        return strcmp(value, n->partner->standard) != 0;
    const char *const name = strncmp(value, "auto:", 5) == 0 ? value + 5 : value;
    if (listed(n->values, ',', name, strlen(name)))
        return 1;
    if (strcmp(value, "auto") != 0)
        return 0;
    int met = rule_count == 0 || strcmp(n->partner->name, "update") != 0;
    for (int r = 0; r < rule_count; r++)
        met |= listed(n->values, ',', rules[r], strlen(rules[r]));
    return met;
}

static rlra_status refuse(rlra_context *context, const rlra_option *row, const need *n, const char *value,
                          const char *rule)
{
    char now[96], words[256] = "";
    size_t used = 0;
    const char *const partner = n->partner->name;
    const int is_auto = strcmp(value, "auto") == 0 && rule != NULL;
    if (n->values[0] == '\0')
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "`%s` has no effect without `%s`", row->name, partner);
    snprintf(now, sizeof now, "`%s=%s`%s%s%s", partner, value, is_auto ? ", which is " : "", is_auto ? rule : "",
             is_auto ? " here" : "");
    if (strchr(n->values, ',') == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "`%s` has no effect with %s: it needs `%s=%s`", row->name, now,
                         partner, n->values);
    for (const char *c = n->values; *c != '\0' && used + 3 < sizeof words; ++c)
        used += (size_t)snprintf(words + used, sizeof words - used, "%c%s", *c, *c == ',' ? " " : "");
    return rlra_fail(context, RLRA_ERR_ARGUMENT, "`%s` has no effect with %s: it needs one of these in `%s`: %s",
                     row->name, now, partner, words);
}

rlra_status rlra_options_check_given(rlra_context *context, const rlra_options *options, const char *given,
                                     const char *const *rules, int rule_count)
{
    if (!(options != NULL && given != NULL))
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "checking options needs them and the names of those given, got NULL");
    for (int i = 0; i < rlra_option_count(); i++) {
        const rlra_option *const row = rlra_option_at(i);
        char mine[32], theirs[32];
        if (row->needs[0] == '\0' || !listed(given, ' ', row->name, strlen(row->name)))
            continue;
        /* Leaving the choice to the solver requests nothing. */
        if (strcmp(said(options, row, mine, sizeof mine), "auto") == 0)
            continue;
        const need n = read_need(row->needs);
        const char *const value = said(options, n.partner, theirs, sizeof theirs);
        if (!is_met(&n, value, rules, rule_count))
            return refuse(context, row, &n, value, rule_count > 0 ? rules[0] : NULL);
    }
    return RLRA_OK;
}
