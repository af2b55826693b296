/* cli/topics_show.c: topics as a table, as bars, as topics.csv and on the terminal. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"
#include "text.h"
#include "topics.h"

#define DOCUMENTS_SHOWN 3
#define NAME_WORDS      2

static const char *const header[] = {"topic", "share", "npmi", "umass", "exclusive", "words"};
static const char *const document_header[] = {"topic", "of topic", "share", "document"};

enum { COLUMNS = 6, DOCUMENT_COLUMNS = 4 };

/* Keep a text until the end. */
static const char *keep(topics *t, char *text)
{
    if (t->text_count == t->text_room) {
        t->text_room = 2 * t->text_room + 64;
        t->texts = cli_realloc(t->texts, (size_t)t->text_room, sizeof *t->texts);
    }
    t->texts[t->text_count++] = text;
    return text;
}

static const char *number(topics *t, const char *format, double value)
{
    char room[32];
    snprintf(room, sizeof room, format, value);
    return keep(t, cli_copy(isfinite(value) ? room : "-", isfinite(value) ? strlen(room) : 1));
}

/* Part of all words that topic k accounts for. */
static double share_of(const topics *t, int64_t k)
{
    const rlra_array weights = rlra_model_weights(t->run.model);
    double total = 0;
    for (int64_t j = 0; j < t->rank; ++j)
        total += rlra_array_get(&weights, &j);
    return total > 0 ? rlra_array_get(&weights, &k) / total : 0;
}

static int words_of(const topics *t, int64_t k)
{
    int count = 0;
    while (count < t->top && t->ranked[k * t->top + count].word >= 0)
        ++count;
    return count;
}

/* The first words of topic k, with blanks between. */
static const char *join_words(topics *t, int64_t k, int most)
{
    textbuf words = {NULL, 0, 0};
    char room[32];
    text_add(&words, "%s", "");
    for (int i = 0; i < words_of(t, k) && i < most; ++i)
        text_add(&words, "%s%s", i == 0 ? "" : " ",
                 corpus_word(&t->corpus, t->ranked[k * t->top + i].word, room, sizeof room));
    return keep(t, words.bytes);
}

static void add_table(topics *t)
{
    run *const r = &t->run;
    t->cells = cli_alloc((size_t)t->rank * COLUMNS, sizeof *t->cells);
    for (int64_t k = 0; k < t->rank; ++k) {
        const char **const row = t->cells + k * COLUMNS;
        const rlra_topic_quality *const q = &t->quality[k];
        row[0] = keep(t, cli_format("%" PRId64, k + 1));
        row[1] = number(t, "%.1f %%", 100 * share_of(t, k));
        row[2] = number(t, "%.3f", q->npmi);
        row[3] = number(t, "%.2f", q->umass);
        row[4] = number(t, "%.2f", q->exclusivity);
        row[5] = join_words(t, k, (int)t->top);
    }
    r->tables[r->table_count++] = (rlra_page_table){"Topics", COLUMNS, (int)t->rank, header, t->cells};
}

/* The documents that have most words of topic k; `order` has room for all, `parts` too. Returns how many are to be shown. */
static int pick_documents(const topics *t, int64_t k, double *parts, int64_t *order)
{
    const rlra_array factor = rlra_model_factor(t->run.model, 0);
    for (int64_t d = 0; d < factor.dims[0]; ++d)
        parts[d] = rlra_array_get(&factor, (const int64_t[]){d, k});
    if (rlra_order_falling(t->run.context, factor.dtype, factor.dims[0], parts, order) != RLRA_OK)
        return 0;
    int count = 0;
    while (count < DOCUMENTS_SHOWN && count < factor.dims[0] && parts[order[count]] > 0)
        ++count;
    return count;
}

static void add_documents(topics *t)
{
    run *const r = &t->run;
    const rlra_array factor = rlra_model_factor(r->model, 0);
    int rows = 0;
    t->document_cells = cli_alloc((size_t)t->rank * DOCUMENTS_SHOWN * DOCUMENT_COLUMNS, sizeof *t->document_cells);
    double *const parts = cli_alloc((size_t)factor.dims[0], sizeof *parts);
    int64_t *const picked = cli_alloc((size_t)factor.dims[0], sizeof *picked);
    for (int64_t k = 0; k < t->rank; ++k) {
        const int count = pick_documents(t, k, parts, picked);
        for (int s = 0; s < count; ++s) {
            const char **const row = t->document_cells + DOCUMENT_COLUMNS * rows++;
            row[0] = keep(t, cli_format("%" PRId64, k + 1));
            row[1] = number(t, "%.2f %%", 100 * parts[picked[s]]);
            row[2] = number(t, "%.0f %%", 100 * t->shares[picked[s] * t->rank + k]);
            row[3] = t->corpus.titles.line[picked[s]];
        }
    }
    free(picked);
    free(parts);
    r->tables[r->table_count++] = (rlra_page_table){"Documents with most words of each topic", DOCUMENT_COLUMNS, rows,
                                                    document_header, t->document_cells};
}

static rlra_page_bars topic_bars(topics *t, int64_t k)
{
    const int64_t first = k * t->top;
    const int count = words_of(t, k);
    for (int i = 0; i < count; ++i) {
        char room[32];
        const char *const word = corpus_word(&t->corpus, t->ranked[first + i].word, room, sizeof room);
        t->labels[first + i] = keep(t, cli_copy(word, strlen(word)));
        t->values[first + i] = t->ranked[first + i].probability;
    }
    const rlra_topic_quality *const q = &t->quality[k];
    const char *const title =
        keep(t, cli_format("Topic %" PRId64 ": %.1f %% of the words", k + 1, 100 * share_of(t, k)));
    const char *const note =
        isfinite(q->npmi) ? keep(t, cli_format("npmi %.2f, exclusive %.2f", q->npmi, q->exclusivity)) : NULL;
    return (rlra_page_bars){title, note, count, t->labels + first, t->values + first};
}

/* Bars of the words of each topic, behind one of the sizes of the topics. */
static void add_bars(topics *t)
{
    run *const r = &t->run;
    const size_t count = (size_t)(t->rank * t->top), sizes = (size_t)t->rank;
    t->labels = cli_alloc(count + sizes, sizeof *t->labels);
    t->values = cli_alloc(count + sizes, sizeof *t->values);
    t->bars = cli_alloc(sizes + 1, sizeof *t->bars);
    for (int64_t k = 0; k < t->rank; ++k) {
        t->labels[count + (size_t)k] = keep(t, cli_format("%" PRId64 "  %s", k + 1, join_words(t, k, NAME_WORDS)));
        t->values[count + (size_t)k] = 100 * share_of(t, k);
        t->bars[k + 1] = topic_bars(t, k);
    }
    t->bars[0] = (rlra_page_bars){"Share of the words in %", NULL, (int)t->rank, t->labels + count, t->values + count};
    r->bars = t->bars;
    r->bars_count = (int)t->rank + 1;
    r->bars_title = "Topics and the probabilities of their words";
}

static void add_fact(run *r, const char *name, double value)
{
    r->facts[r->fact_count++] = (run_fact){name, value};
}

static double mean_of(const topics *t, size_t offset)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t k = 0; k < t->rank; ++k) {
        const double value = *(const double *)((const char *)&t->quality[k] + offset);
        sum += isfinite(value) ? value : 0;
        count += isfinite(value) != 0;
    }
    return count > 0 ? sum / (double)count : NAN;
}

static void add_facts(topics *t)
{
    run *const r = &t->run;
    add_fact(r, "documents", (double)t->corpus.counts.dims[0]);
    add_fact(r, "different words", (double)t->corpus.counts.dims[1]);
    add_fact(r, "empty documents", (double)t->corpus.empty_documents);
    add_fact(r, "words never seen", (double)t->corpus.unseen_words);
    add_fact(r, "sum of counts", t->corpus.total);
    add_fact(r, "perplexity", t->perplexity);
    add_fact(r, "loss per count", r->report.loss / t->corpus.total);
    add_fact(r, "mean npmi", mean_of(t, offsetof(rlra_topic_quality, npmi)));
    add_fact(r, "mean umass", mean_of(t, offsetof(rlra_topic_quality, umass)));
    add_fact(r, "mean exclusivity", mean_of(t, offsetof(rlra_topic_quality, exclusivity)));
}

void topics_show(topics *t)
{
    run *const r = &t->run;
    r->noun = "topics";
    t->shares_array =
        rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){t->corpus.counts.dims[0], t->rank}, t->shares);
    r->extra[r->extra_count++] = (rlra_named_array){"shares", &t->shares_array};
    add_facts(t);
    add_table(t);
    if (t->corpus.titles.count > 0)
        add_documents(t);
    add_bars(t);
}

void topics_show_clear(topics *t)
{
    for (int i = 0; i < t->text_count; ++i)
        free(t->texts[i]);
    free(t->texts);
    free(t->cells);
    free(t->document_cells);
    free(t->bars);
    free(t->labels);
    free(t->values);
}

/* A field of CSV, quoted where it has to be. A text that spreadsheets would take for a formula, also behind blanks, which some
 * of them drop, gets their sign for text. */
static void add_field(textbuf *csv, const char *text)
{
    const char first = text[strspn(text, " ")];
    const char *const mark = first != '\0' && strchr("=+-@\t\r", first) != NULL ? "'" : "";
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        text_add(csv, "%s%s", mark, text);
        return;
    }
    text_add(csv, "\"%s", mark);
    for (const char *c = text; *c != '\0'; ++c)
        text_add(csv, *c == '"' ? "\"\"" : "%c", *c);
    text_add(csv, "\"");
}

int topics_write(const topics *t)
{
    textbuf csv = {NULL, 0, 0};
    char room[32];
    text_add(&csv, "topic,rank,word,probability,lift\n");
    for (int64_t k = 0; k < t->rank; ++k) {
        for (int i = 0; i < words_of(t, k); ++i) {
            const rlra_topic_word *const w = &t->ranked[k * t->top + i];
            text_add(&csv, "%" PRId64 ",%d,", k + 1, i + 1);
            add_field(&csv, corpus_word(&t->corpus, w->word, room, sizeof room));
            text_add(&csv, ",%.9g,%.9g\n", w->probability, w->lift);
        }
    }
    const int code = output_bytes(&t->run, "topics.csv", csv.bytes, csv.length);
    text_clear(&csv);
    return code;
}

int topics_report(const topics *t)
{
    const run *const r = &t->run;
    const int code = r->interrupted ? EXIT_INTERRUPTED : EXIT_OK;
    if (r->asked->quiet)
        return code;
    /* Behind that of the starts, if there were several. */
    const rlra_page_table *const table = &r->tables[r->starts != NULL];
    say(stdout, "%s  %" PRId64 " documents x %" PRId64 " words, %" PRId64 " entries%s  %s, %" PRId64 " topics\n\n",
        r->asked->data[0], t->corpus.counts.dims[0], t->corpus.counts.dims[1], t->corpus.counts.count,
        t->corpus.transposed ? ", transposed" : "", rlra_dtype_name(r->data.dtype), t->rank);
    print_table(stdout, table->columns, table->rows, table->header, table->cells);
    if (r->starts != NULL) {
        say(stdout, "\n%s\n", r->tables[0].title);
        print_table(stdout, r->tables[0].columns, r->tables[0].rows, r->tables[0].header, r->tables[0].cells);
    }
    say(stdout, "\n  perplexity      %.6g\n", t->perplexity);
    say(stdout, "  loss per count  %.6g\n", r->report.loss / t->corpus.total);
    say(stdout, "  mean npmi       %.3f\n", mean_of(t, offsetof(rlra_topic_quality, npmi)));
    say(stdout, "  objective       %.9g\n", r->report.objective);
    say(stdout, "  sweeps          %" PRId64 " in %.3g s (%s)\n", r->report.sweeps, r->report.seconds, r->stop_text);
    say(stdout, "  results         %s\n", r->out);
    return code;
}
