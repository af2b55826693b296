/* cli/corpus.c: read counts of words in documents, and the words. */
#include "corpus.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "say.h"
#include "text.h"

/* The text of FILE, or of the variable of FILE:NAME; of a FILE:COLUMN that of FILE and the place of COLUMN. */
static int read_text(const run *r, const char *option, const char *spec, char **text, const char **column)
{
    char *found = NULL;
    char *const path = cli_copy(spec, input_path_length(spec)), *const what = cli_format("--%s", option);
    const int has_name = strlen(path) < strlen(spec);
    rlra_status status = rlra_file_read_text(r->context, path, &found);
    *column = has_name && status == RLRA_OK ? spec + strlen(path) + 1 : NULL;
    /* What is no text may hold some. */
    if (has_name && status == RLRA_ERR_FORMAT)
        status = rlra_text_read(r->context, spec, &found);
    const int code = status == RLRA_OK ? EXIT_OK : run_fail(r, status, what);
    if (status == RLRA_OK)
        *text = cli_copy(found, strlen(found));
    rlra_text_free(r->context, found);
    free(what);
    free(path);
    return code;
}

/* Cut a text into lines, without empty ones at the end. */
static void split_lines(text_lines *l)
{
    char *at = l->text;
    text_end_lines(at);
    for (const char *c = at; *c != '\0'; ++c)
        l->count += *c == '\n';
    l->line = cli_alloc((size_t)l->count + 1, sizeof *l->line);
    l->count = 0;
    while (*at != '\0') {
        const size_t length = strcspn(at, "\n");
        char *const next = at + length + (at[length] == '\n');
        at[length] = '\0';
        l->line[l->count++] = at;
        at = next;
    }
    while (l->count > 0 && l->line[l->count - 1][0] == '\0')
        --l->count;
}

static int read_lines(const run *r, const char *option, const char *spec, text_lines *l)
{
    const char *column = NULL;
    const int code = read_text(r, option, spec, &l->text, &column);
    if (code != EXIT_OK)
        return code;
    char *const valid = text_valid(l->text);
    if (strcmp(valid, l->text) != 0 && !r->asked->quiet)
        say(stderr, "rlra: note: --%s %s is not all UTF-8, bytes that are not become '?'\n", option, spec);
    free(l->text);
    l->text = valid;
    split_lines(l);
    if (l->count == 0)
        return run_error("--%s %s has no lines", option, spec);
    char *const path = cli_copy(spec, input_path_length(spec));
    const int chosen = columns_choose(r, option, path, column, l);
    free(path);
    return chosen;
}

/* Orders pointers to lines by the line, then by the place. */
static int by_line(const void *left, const void *right)
{
    char *const *const *const a = left, *const *const *const b = right;
    const int order = strcmp(**a, **b);
    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static void report_repeated(const run *r, const text_lines *words)
{
    char ***const places = cli_alloc((size_t)words->count, sizeof *places);
    int64_t repeated = 0, first = -1;
    for (int64_t i = 0; i < words->count; ++i)
        places[i] = &words->line[i];
    qsort(places, (size_t)words->count, sizeof *places, by_line);
    for (int64_t i = 1; i < words->count; ++i) {
        if (strcmp(*places[i - 1], *places[i]) != 0)
            continue;
        if (first < 0 || places[i] < places[first])
            first = i;
        ++repeated;
    }
    if (repeated > 0 && !r->asked->quiet)
        say(stderr, "rlra: note: --vocab %s repeats %" PRId64 " word%s, '%s' in lines %td and %td; they stay apart\n",
            r->asked->vocabulary, repeated, repeated == 1 ? "" : "s", *places[first],
            places[first - 1] - words->line + 1 + words->skipped, places[first] - words->line + 1 + words->skipped);
    free(places);
}

static int read_words(const run *r, corpus *c)
{
    const char *const spec = r->asked->vocabulary;
    const int code = spec == NULL ? EXIT_OK : read_lines(r, "vocab", spec, &c->words);
    if (code != EXIT_OK || spec == NULL)
        return code;
    for (int64_t i = 0; i < c->words.count; ++i) {
        if (c->words.line[i][strspn(c->words.line[i], " \t")] == '\0')
            return run_error("--vocab %s: line %" PRId64 " is empty, each line is the word of a column", spec,
                             i + 1 + c->words.skipped);
    }
    report_repeated(r, &c->words);
    return EXIT_OK;
}

static double dense_at(const rlra_array *x, int64_t i, int64_t j)
{
    return rlra_array_get(x, (const int64_t[]){i, j});
}

/* Counts are mostly zeros: dense ones are kept like sparse ones. */
static void store(const rlra_array *x, corpus *c)
{
    int64_t count = 0;
    for (int64_t i = 0; i < x->dims[0]; ++i)
        for (int64_t j = 0; j < x->dims[1]; ++j)
            count += dense_at(x, i, j) != 0;
    const size_t bytes = (size_t)rlra_dtype_bytes(x->dtype);
    c->values = cli_alloc((size_t)count + 1, bytes);
    for (int m = 0; m < 2; ++m)
        c->indices[m] = cli_alloc((size_t)count + 1, sizeof **c->indices);
    count = 0;
    for (int64_t i = 0; i < x->dims[0]; ++i)
        for (int64_t j = 0; j < x->dims[1]; ++j) {
            const double value = dense_at(x, i, j);
            if (value == 0)
                continue;
            c->indices[0][count] = i;
            c->indices[1][count] = j;
            if (x->dtype == RLRA_DTYPE_F32)
                ((float *)c->values)[count++] = (float)value;
            else
                ((double *)c->values)[count++] = value;
        }
    c->counts = rlra_sparse_coo(x->dtype, 2, x->dims, count, (const int64_t *const *)c->indices, c->values);
}

static void swap_modes(rlra_sparse *s)
{
    const int64_t rows = s->dims[0], *const index = s->indices[0];
    s->dims[0] = s->dims[1];
    s->dims[1] = rows;
    s->indices[0] = s->indices[1];
    s->indices[1] = index;
    s->compressed = s->compressed < 0 ? -1 : 1 - s->compressed;
}

static const char names_hint[] = "; if its first line holds names of columns, choose one: FILE:NAME";

/* Documents x words, as stated or as the vocabulary fits. */
static int orient(const run *r, corpus *c)
{
    const request *const asked = r->asked;
    const int64_t rows = c->counts.dims[0], columns = c->counts.dims[1], words = c->words.count;
    const int is_one_more = c->words.of_column && (words - 1 == columns || words - 1 == rows);
    const char *const hint = is_one_more ? names_hint : "";
    const int fits = asked->vocabulary == NULL || words == (asked->swap ? rows : columns);
    c->transposed = asked->swap;
    if (!fits && (asked->swap || words != rows))
        return run_error("--vocab %s has %" PRId64 " words, but %s%s has %" PRId64 " documents x %" PRId64 " words%s",
                         asked->vocabulary, words, asked->data[0], asked->swap ? " transposed" : "",
                         asked->swap ? columns : rows, asked->swap ? rows : columns, hint);
    if (!fits) {
        c->transposed = 1;
        if (!asked->quiet)
            say(stderr,
                "rlra: note: %s has %" PRId64 " rows and %" PRId64 " columns, and there are %" PRId64
                " words: it is taken as words x documents\n",
                asked->data[0], rows, columns, words);
    }
    if (c->transposed)
        swap_modes(&c->counts);
    return EXIT_OK;
}

const char *corpus_word(const corpus *c, int64_t word, char *room, size_t size)
{
    if (word < c->words.count)
        return c->words.line[word];
    snprintf(room, size, "%" PRId64, word + 1);
    return room;
}

/* Which documents and words there are; counts that are negative or no numbers are refused. */
static int survey(const run *r, corpus *c)
{
    const rlra_sparse *const s = &c->counts;
    int64_t group = 0;
    c->has_words = cli_alloc((size_t)s->dims[0], 1);
    c->occurs = cli_alloc((size_t)s->dims[1], 1);
    for (int64_t e = 0; e < s->count; ++e) {
        while (s->compressed >= 0 && s->starts[group + 1] <= e)
            ++group;
        const int64_t document = s->compressed == 0 ? group : s->indices[0][e];
        const int64_t word = s->compressed == 1 ? group : s->indices[1][e];
        const double count =
            s->dtype == RLRA_DTYPE_F32 ? (double)((const float *)s->values)[e] : ((const double *)s->values)[e];
        char room[32];
        if (!(count >= 0) || isinf(count))
            return run_error("%s: the count of word %" PRId64 " (%s) in document %" PRId64 " is %g, counts are %s",
                             r->asked->data[0], word + 1, corpus_word(c, word, room, sizeof room), document + 1, count,
                             count < 0 ? "not negative" : "finite: rlra topics needs all of them");
        if (count > 0)
            c->has_words[document] = c->occurs[word] = 1;
        c->total += count;
    }
    for (int64_t i = 0; i < s->dims[0]; ++i)
        c->empty_documents += !c->has_words[i];
    for (int64_t i = 0; i < s->dims[1]; ++i)
        c->unseen_words += !c->occurs[i];
    return c->total == 0 ? run_error("%s holds no counts: every entry is zero", r->asked->data[0]) : EXIT_OK;
}

static void report_empty(const run *r, const corpus *c)
{
    if (r->asked->quiet)
        return;
    if (c->empty_documents > 0)
        say(stderr, "rlra: note: %" PRId64 " of %" PRId64 " documents %s no words, their rows are zero\n",
            c->empty_documents, c->counts.dims[0], c->empty_documents == 1 ? "has" : "have");
    if (c->unseen_words > 0)
        say(stderr, "rlra: note: %" PRId64 " of %" PRId64 " words %s in no document, their rows are zero\n",
            c->unseen_words, c->counts.dims[1], c->unseen_words == 1 ? "is" : "are");
}

static int check_rank(const run *r, const corpus *c)
{
    const int64_t documents = c->counts.dims[0] - c->empty_documents, words = c->counts.dims[1] - c->unseen_words;
    const int64_t most = documents < words ? documents : words;
    if (r->options.rank <= most)
        return EXIT_OK;
    return run_error("%s: -r %" PRId64 " asks for more topics than %" PRId64 " documents of %" PRId64
                     " words can have, at most %" PRId64,
                     r->asked->data[0], r->options.rank, documents, words, most);
}

int corpus_open(run *r, corpus *c)
{
    int code = read_words(r, c);
    if (code != EXIT_OK)
        return code;
    if (r->sparse != NULL)
        c->counts = *r->sparse;
    else
        store(&r->data, c);
    code = orient(r, c);
    if (code == EXIT_OK && r->asked->titles != NULL)
        code = read_lines(r, "titles", r->asked->titles, &c->titles);
    if (code == EXIT_OK && r->asked->titles != NULL && c->titles.count != c->counts.dims[0])
        code = run_error("--titles %s has %" PRId64 " lines, but there are %" PRId64 " documents%s", r->asked->titles,
                         c->titles.count, c->counts.dims[0],
                         c->titles.of_column && c->titles.count - 1 == c->counts.dims[0] ? names_hint : "");
    if (code == EXIT_OK)
        code = survey(r, c);
    if (code == EXIT_OK)
        code = check_rank(r, c);
    if (code != EXIT_OK)
        return code;
    report_empty(r, c);
    r->sparse = &c->counts;
    r->data = rlra_array_contiguous(c->counts.dtype, 2, c->counts.dims, NULL);
    return EXIT_OK;
}

void corpus_clear(corpus *c)
{
    free(c->indices[0]);
    free(c->indices[1]);
    free(c->values);
    free(c->has_words);
    free(c->occurs);
    free(c->words.line);
    free(c->words.text);
    free(c->titles.line);
    free(c->titles.text);
    *c = (corpus){0};
}
