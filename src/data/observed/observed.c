/* data/observed/observed.c: find out which entries of an array take part in a fit, and copy them with their weights. */
#include "data/observed/observed.h"

#include <math.h>
#include <string.h>

#include "core/check.h"
#include "core/random.h"
#include "data/entry_lines.h"

/* Stream of the random numbers that choose held-out entries. */
#define STREAM_HELD_OUT 0x401du

/* The lines of an array are cut into so many parts, for any number of threads, so that sums are the same. */
#define PARTS 64

/* The weight of an entry before any are held out. */
static double given_weight(const observed_choice *choice, const entry_lines *w, const entry_line *l, ptrdiff_t c)
{
    if (choice->nan_is_missing && isnan(l->values[c * w->step]))
        return 0;
    return l->weights == NULL ? 1 : (double)l->weights[c * w->weights_step];
}

double RLRA(observed_random)(uint64_t seed, uint64_t position)
{
    return rlra_random_uniform(seed, STREAM_HELD_OUT, position);
}

static int is_held_out(const observed_choice *choice, const entry_lines *w, const entry_line *l, ptrdiff_t c)
{
    const uint64_t position = (uint64_t)(l->position + c * w->position_step);
    return choice->held_out > 0 && RLRA(observed_random)(choice->seed, position) < choice->held_out;
}

static void note_value(dense_scan *scan, double value, double weight, ptrdiff_t position)
{
    if (!isfinite(value)) {
        if (scan->bad++ == 0 || position < scan->first_bad)
            scan->first_bad = position;
        return;
    }
    scan->norm2 += weight * value * value;
    scan->sum += weight * value;
    scan->zeros += value == 0;
    scan->least = value < scan->least ? value : scan->least;
    scan->scale = fabs(value) > scan->scale ? fabs(value) : scan->scale;
}

static void note_weight(observed_summary *summary, double weight, ptrdiff_t position)
{
    if (!(weight >= 0) || isinf(weight)) {
        if (summary->bad++ == 0 || position < summary->first_bad)
            summary->first_bad = position;
        return;
    }
    summary->least = weight < summary->least ? weight : summary->least;
    summary->most = weight > summary->most ? weight : summary->most;
}

/* Summarise one line; its weights go to `out`, unless NULL. */
static void summarise_line(const observed_choice *choice, const entry_lines *w, ptrdiff_t number,
                           observed_summary *summary, real *out)
{
    const entry_line l = RLRA(entry_line_at)(w, number);
    const double norm2 = summary->scan.norm2, sum = summary->scan.sum;
    summary->scan.norm2 = summary->scan.sum = 0;
    for (ptrdiff_t c = 0; c < w->length; c++) {
        const ptrdiff_t position = l.position + c * w->position_step;
        double weight = given_weight(choice, w, &l, c);
        summary->ones += weight == 1;
        if (weight > 0 && is_held_out(choice, w, &l, c)) {
            weight = 0;
            summary->held++;
        }
        note_weight(summary, weight, position);
        if (weight > 0)
            note_value(&summary->scan, (double)l.values[c * w->step], weight, position);
        summary->count += weight > 0;
        if (out != NULL)
            out[number * w->length + c] = (real)weight;
    }
    summary->scan.norm2 += norm2;
    summary->scan.sum += sum;
}

static void join(observed_summary *total, const observed_summary *part)
{
    dense_scan *const scan = &total->scan;
    if (part->scan.bad > 0 && (scan->bad == 0 || part->scan.first_bad < scan->first_bad))
        scan->first_bad = part->scan.first_bad;
    scan->bad += part->scan.bad;
    scan->norm2 += part->scan.norm2;
    scan->sum += part->scan.sum;
    scan->zeros += part->scan.zeros;
    scan->least = fmin(scan->least, part->scan.least);
    scan->scale = fmax(scan->scale, part->scan.scale);
    if (part->bad > 0 && (total->bad == 0 || part->first_bad < total->first_bad))
        total->first_bad = part->first_bad;
    total->bad += part->bad;
    total->count += part->count;
    total->held += part->held;
    total->ones += part->ones;
    total->least = fmin(total->least, part->least);
    total->most = fmax(total->most, part->most);
}

static const observed_summary nothing = {.scan = {.least = INFINITY}, .least = INFINITY};

static observed_summary summarise(const observed_choice *choice, const entry_lines *w, int threads, real *weights)
{
    observed_summary parts[PARTS], total = nothing;
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int part = 0; part < PARTS; part++) {
        parts[part] = nothing;
        for (ptrdiff_t number = w->count * part / PARTS; number < w->count * (part + 1) / PARTS; number++)
            summarise_line(choice, w, number, &parts[part], weights);
    }
    for (int part = 0; part < PARTS; part++)
        join(&total, &parts[part]);
    return total;
}

observed_summary RLRA(observed_summarise)(const observed_choice *choice, int threads)
{
    const entry_lines w = RLRA(entry_lines_of)(&choice->data, &choice->weights);
    return summarise(choice, &w, threads, NULL);
}

/* Set the shape of o->filled, without memory: packed, in the memory order of the data. */
static void shape_filled(observed *o)
{
    int64_t stride = 1;
    o->filled = o->choice.data;
    o->filled.data = NULL;
    for (int at = o->order - 1; at >= 0; at--) {
        o->filled.strides[o->modes[at]] = stride;
        stride *= o->filled.dims[o->modes[at]];
    }
}

/* Whether a table of weights holds nothing but 0 and the base weight. */
static int is_plain(const real *weights, size_t count, real base)
{
    size_t others = 0;
    for (size_t e = 0; e < count; e++)
        others += weights[e] > 0 && weights[e] != base;
    return others == 0;
}

/* Make the lists along mode o->modes[at]; o->filled holds the weights. */
static rlra_status list_mode(rlra_context *context, observed *o, int at, int plain)
{
    weight_table t = {.at = o->filled.data, .before = 1, .after = 1, .base = o->base, .plain = plain};
    t.rows = o->filled.dims[o->modes[at]];
    for (int before = 0; before < at; before++)
        t.before *= o->filled.dims[o->modes[before]];
    for (int after = at + 1; after < o->order; after++)
        t.after *= o->filled.dims[o->modes[after]];
    return RLRA(observed_rows_create)(context, &t, &o->along[o->modes[at]]);
}

rlra_status RLRA(observed_create)(rlra_context *context, const observed_choice *choice, int threads, observed *to)
{
    rlra_status status = RLRA_OK;
    const size_t count = (size_t)rlra_array_count(&choice->data);
    *to = (observed){.choice = *choice, .order = choice->data.order};
    const entry_lines w = RLRA(entry_lines_of)(&choice->data, &choice->weights);
    memcpy(to->modes, w.modes, sizeof to->modes);
    shape_filled(to);
    to->filled.data = rlra_alloc(context, count, sizeof(real));
    REQUIRE(to->filled.data != NULL,
            rlra_fail_memory(context, count, sizeof(real), "a copy of the data with their weights"));
    to->summary = summarise(choice, &w, threads, to->filled.data);
    to->base = to->summary.most;
    REQUIRE(
        to->summary.count > 0,
        rlra_fail(context, RLRA_ERR_DATA, "no entry of the data is left to fit: %.0f are held out", to->summary.held));
    const int plain = is_plain(to->filled.data, count, (real)to->base);
    for (int at = 0; at < to->order; at++)
        TRY(list_mode(context, to, at, plain));
    RLRA(observed_fill_weighted)(to, threads);
cleanup:
    if (status != RLRA_OK)
        RLRA(observed_destroy)(context, to);
    return status;
}

void RLRA(observed_measure)(const observed_choice *choice, const stored_array *stored, observed *to)
{
    *to = (observed){.choice = *choice, .order = choice->data.order, .base = 1};
    if (stored != NULL) {
        to->pair = to->given = stored->matrix;
        to->product = *stored->matrix;
    }
    const entry_lines w = RLRA(entry_lines_of)(&to->choice.data, &to->choice.weights);
    memcpy(to->modes, w.modes, sizeof to->modes);
    shape_filled(to);
    for (int m = 0; m < to->order; m++)
        to->along[m] = (observed_rows){.rows = choice->data.dims[m], .borrowed = 1};
}

size_t RLRA(observed_bytes)(const observed *o)
{
    size_t bytes = o->filled.data == NULL ? 0 : (size_t)rlra_array_count(&o->filled) * sizeof(real);
    for (int m = 0; m < o->order; m++) {
        const observed_rows *const r = &o->along[m];
        const size_t each = sizeof *r->places + (r->weights != NULL ? sizeof(real) : 0);
        if (!r->borrowed)
            bytes += (size_t)r->starts[r->rows] * each + (size_t)r->rows * (sizeof *r->starts + 1);
    }
    return bytes + RLRA(observed_sparse_bytes)(o);
}

void RLRA(observed_destroy)(rlra_context *context, observed *o)
{
    for (int m = 0; m < o->order; m++)
        RLRA(observed_rows_destroy)(context, &o->along[m]);
    RLRA(observed_clear_sparse)(context, o);
    rlra_free(context, o->filled.data);
    *o = (observed){0};
}

void RLRA(observed_visit_held)(const observed *o, void (*each)(void *user, const held_out_entry *entry), void *user)
{
    if (o->pair != NULL) {
        RLRA(observed_visit_stored)(o, each, user);
        return;
    }
    const entry_lines w = RLRA(entry_lines_of)(&o->choice.data, &o->choice.weights);
    for (ptrdiff_t number = 0; number < w.count; number++) {
        const entry_line l = RLRA(entry_line_at)(&w, number);
        held_out_entry entry;
        memcpy(entry.index, l.index, sizeof entry.index);
        for (ptrdiff_t c = 0; c < w.length; c++) {
            entry.weight = given_weight(&o->choice, &w, &l, c);
            if (!(entry.weight > 0) || !is_held_out(&o->choice, &w, &l, c))
                continue;
            entry.index[w.last] = c;
            entry.value = (double)l.values[c * w.step];
            each(user, &entry);
        }
    }
}
