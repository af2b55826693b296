/* io/variables.c: find the variable of "FILE:NAME", or report those that exist. */
#include "io/variables.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/dataset.h"

/* How many variables a message lists. */
#define LISTED 12

static int exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

rlra_status rlra_spec_split(rlra_context *context, const char *spec, char *path, const char **name)
{
    const size_t length = strlen(spec);
    if (length >= PATH_ROOM)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the name of a file has %zu bytes, expected fewer than %d", length,
                         PATH_ROOM);
    memcpy(path, spec, length + 1);
    *name = "";
    if (exists(path))
        return RLRA_OK;
    const int problem = errno;
    for (size_t cut = length; cut-- > 1;)
        if (spec[cut] == ':') {
            path[cut] = '\0';
            *name = spec + cut + 1;
            if (exists(path))
                return RLRA_OK;
        }
    return rlra_fail(context, RLRA_ERR_FILE, "cannot open '%s': %s", spec, strerror(problem));
}

static void collect(void *user, const rlra_variable *variable)
{
    variables *const c = user;
    if (c->failed)
        return;
    c->failed = 1;
    if (c->count == c->room) {
        const size_t room = 2 * c->room + 16;
        entry *const grown = rlra_alloc(c->context, room, sizeof *grown);
        if (grown == NULL)
            return;
        if (c->count > 0)
            memcpy(grown, c->entries, c->count * sizeof *grown);
        rlra_free(c->context, c->entries);
        c->entries = grown;
        c->room = room;
    }
    entry *const e = &c->entries[c->count];
    *e = (entry){.order = variable->order, .numeric = variable->numeric};
    for (int mode = 0; mode < variable->order && mode < RLRA_MAX_ORDER; mode++)
        e->dims[mode] = variable->dims[mode];
    snprintf(e->stored, sizeof e->stored, "%s", variable->dtype);
    e->name = rlra_alloc(c->context, strlen(variable->name) + 1, 1);
    if (e->name == NULL)
        return;
    memcpy(e->name, variable->name, strlen(variable->name) + 1);
    c->count++;
    c->failed = 0;
}

/* Whether a variable is a matrix or tensor with more than one mode longer than 1. */
static int is_substantial(const entry *e)
{
    int long_modes = 0;
    for (int mode = 0; mode < e->order; mode++)
        long_modes += e->dims[mode] > 1;
    return long_modes >= 2;
}

/* A name without its first slash, as HDF5 paths may have it or not. */
static const char *without_slash(const char *name)
{
    return name[0] == '/' ? name + 1 : name;
}

static int fits(const entry *e, int numeric)
{
    return numeric ? e->numeric : strcmp(e->stored, "text") == 0;
}

static rlra_status fail_listing(const input *in, const variables *c, const char *what)
{
    char list[RLRA_MESSAGE_BYTES / 2], dims[SHAPE_TEXT];
    int used = 0;
    list[0] = '\0';
    for (size_t k = 0; k < c->count && k < LISTED && used < (int)sizeof list - 1; k++) {
        const entry *const e = &c->entries[k];
        used += snprintf(list + used, sizeof list - (size_t)used, "%s%.60s (%s %s)", k == 0 ? "" : ", ", e->name,
                         rlra_shape_text(e->order, e->dims, dims), e->stored);
    }
    return rlra_fail(in->context, RLRA_ERR_ARGUMENT, "%s; '%s' holds %zu: %s%s", what, in->path, c->count, list,
                     c->count > LISTED ? ", .." : "");
}

/* The index of the first sorted name that is not before `name` followed by the byte `next`. */
static size_t find_first(const variables *c, const char *name, size_t length, char next)
{
    size_t begin = 0, end = c->count;
    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        const char *const own = without_slash(c->sorted[middle]->name);
        const int order = strncmp(own, name, length);
        if (order < 0 || (order == 0 && (unsigned char)own[length] < (unsigned char)next))
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

/* Variables in the struct or group of a name are consecutive: the name is followed by '.' or the next byte, '/'. */
typedef struct range {
    size_t begin, end;
} range;

static range within(const variables *c, const char *name)
{
    const size_t length = strlen(name);
    if (length == 0)
        return (range){0, c->count};
    return (range){find_first(c, name, length, '.'), find_first(c, name, length, '/' + 1)};
}

/* Choose the only variable within `name` that fits; among several, the only one that is more than a vector. */
static rlra_status choose_only(const input *in, const variables *c, const char *name, int numeric, const entry **chosen)
{
    size_t fitting = 0, substantial = 0, last = 0, last_substantial = 0;
    char what[300] = "several variables fit, pick one by FILE:NAME";
    const range inner = within(c, name);
    for (size_t k = inner.begin; k < inner.end; k++) {
        if (!fits(c->sorted[k], numeric))
            continue;
        fitting++;
        last = k;
        if (is_substantial(c->sorted[k])) {
            substantial++;
            last_substantial = k;
        }
    }
    if (fitting == 1 || (numeric && substantial == 1)) {
        *chosen = c->sorted[fitting == 1 ? last : last_substantial];
        return RLRA_OK;
    }
    if (c->count == 0)
        return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' holds no array", in->path);
    if (name[0] != '\0')
        snprintf(what, sizeof what, "'%.200s' holds %zu variables that fit, pick one by FILE:NAME", name, fitting);
    else if (fitting == 0)
        snprintf(what, sizeof what, "%s", numeric ? "no variable has numbers" : "no variable is text");
    return fail_listing(in, c, what);
}

/* Among variables that differ only in the first slash: the one with exactly this name, else the first. */
static const entry *find_named(const variables *c, const char *name)
{
    const char *const wanted = without_slash(name);
    const entry *found = NULL;
    for (size_t k = find_first(c, wanted, strlen(wanted), '\0'); k < c->count; k++) {
        if (strcmp(without_slash(c->sorted[k]->name), wanted) != 0)
            break;
        if (strcmp(c->sorted[k]->name, name) == 0)
            return c->sorted[k];
        found = found == NULL ? c->sorted[k] : found;
    }
    return found;
}

/* Choose the variable with this name, or one in the struct or group with this name. */
static rlra_status choose_named(const input *in, const variables *c, const char *name, int numeric,
                                const entry **chosen)
{
    char what[300];
    const char *const wanted = without_slash(name);
    *chosen = find_named(c, name);
    if (*chosen != NULL && strcmp((*chosen)->stored, VARIABLE_ELSEWHERE) == 0)
        return rlra_fail(in->context, RLRA_ERR_ARGUMENT,
                         "'%s:%s' is a link to another file, which is not followed: name that file", in->path,
                         (*chosen)->name);
    if (*chosen != NULL)
        return RLRA_OK;
    const range inner = within(c, wanted);
    if (inner.begin < inner.end && wanted[0] != '\0')
        return choose_only(in, c, wanted, numeric, chosen);
    if (c->count == 1 && c->entries[0].name[0] == '\0')
        return rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' holds one array without a name, cannot pick '%s'",
                         in->path, name);
    snprintf(what, sizeof what, "no variable '%.200s'", name);
    return fail_listing(in, c, what);
}

rlra_status rlra_variable_choose(const input *in, const variables *all, const char *name, int numeric,
                                 const entry **chosen)
{
    return name[0] == '\0' ? choose_only(in, all, "", numeric, chosen) : choose_named(in, all, name, numeric, chosen);
}

static int by_name(const void *a, const void *b)
{
    const entry *const x = *(const entry *const *)a, *const y = *(const entry *const *)b;
    const int order = strcmp(without_slash(x->name), without_slash(y->name));
    return order != 0 ? order : (x > y) - (x < y);
}

rlra_status rlra_variables_collect(const format_ops *format, const input *in, variables *all)
{
    rlra_status status = RLRA_OK;
    /* Notes on a variable are added when it is read. */
    input quiet = *in;
    quiet.notes = NULL;
    *all = (variables){.context = in->context};
    TRY(format->list(&quiet, collect, all));
    REQUIRE(!all->failed, rlra_fail_memory(in->context, all->count + 1, sizeof *all->entries, "the list of variables"));
    all->sorted = rlra_alloc(in->context, all->count, sizeof *all->sorted);
    REQUIRE(all->sorted != NULL,
            rlra_fail_memory(in->context, all->count, sizeof *all->sorted, "the list of variables"));
    for (size_t k = 0; k < all->count; k++)
        all->sorted[k] = &all->entries[k];
    if (all->count > 0)
        qsort(all->sorted, all->count, sizeof *all->sorted, by_name);
cleanup:
    return status;
}

void rlra_variables_clear(variables *all)
{
    for (size_t k = 0; k < all->count; k++)
        rlra_free(all->context, all->entries[k].name);
    rlra_free(all->context, all->entries);
    rlra_free(all->context, all->sorted);
    *all = (variables){.context = all->context};
}
