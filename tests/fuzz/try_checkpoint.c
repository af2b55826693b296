/* fuzz/try_checkpoint.c: one trial of a checkpoint: a small fit resumes from it, or refuses it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/hash.h"
#include "fuzz/io_try.h"
#include "rlra/checkpoint.h"

#define HEAD       40 /* as in fuzz/mutate/checkpoint.c */
#define FILE_MOST  ((size_t)1 << 17)
#define ROWS       5
#define COLUMNS    4
#define RANK       2
#define MADE_AFTER 3 /* sweeps, of which a seed is */

/* The fits: what their states hold differs. */
typedef struct posed {
    rlra_dtype dtype;
    int order;
    const char *prior, *options; /* "name=value name=value" */
    int weighted;
} posed;

static const posed fits[] = {
    {RLRA_DTYPE_F64, 2, "nonneg", "update=hals", 0},
    {RLRA_DTYPE_F32, 2, "nonneg,l1=0.1", "update=fista", 0},
    {RLRA_DTYPE_F64, 3, "nonneg", "update=hals extrapolate=off", 0},
    {RLRA_DTYPE_F64, 2, "nonneg", "loss=kl", 0},
    {RLRA_DTYPE_F64, 2, "simplex", "update=admm", 0},
    {RLRA_DTYPE_F32, 2, "nonneg", "update=newton loss=kl", 0},
    {RLRA_DTYPE_F64, 2, "nonneg", "update=hals", 1},
};
#define FITS ((int)(sizeof fits / sizeof fits[0]))

typedef struct fitted {
    rlra_problem *problem;
    rlra_model *model;
    rlra_options options;
    double data[ROWS * COLUMNS * 2], weights[ROWS * COLUMNS * 2];
} fitted;

static rlra_array view(const posed *p, const int64_t *dims, double *numbers)
{
    /* Floats stand in the memory of the doubles, from its beginning on. */
    const rlra_array array = rlra_array_contiguous(p->dtype, p->order, dims, numbers);
    if (p->dtype == RLRA_DTYPE_F32)
        for (int64_t k = 0; k < rlra_array_count(&array); k++) {
            const float one = (float)numbers[k];
            memcpy((char *)numbers + 4 * k, &one, 4);
        }
    return array;
}

static int set_options(rlra_context *context, const char *text, rlra_options *options)
{
    char words[128], *rest = words;
    snprintf(words, sizeof words, "%s", text);
    for (char *word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        char *const value = strchr(word, '=');
        *value = '\0';
        if (rlra_options_set(context, options, word, value + 1) != RLRA_OK)
            return 0;
    }
    return 1;
}

static int pose(rlra_context *context, const posed *p, int64_t sweeps, fitted *f)
{
    static const int64_t dims[] = {ROWS, COLUMNS, 2};
    const int count = ROWS * COLUMNS * (p->order == 3 ? 2 : 1);
    *f = (fitted){.options = rlra_options_default()};
    for (int k = 0; k < count; k++) {
        f->data[k] = 0.5 + k * 7 % 23;
        f->weights[k] = k % 3;
    }
    const rlra_array data = view(p, dims, f->data), weights = view(p, dims, f->weights);
    int done = rlra_problem_create(context, &f->problem) == RLRA_OK &&
               rlra_model_create(context, p->dtype, p->order, dims, RANK, &f->model) == RLRA_OK;
    if (done && p->weighted)
        done = rlra_problem_add_weighted(f->problem, &data, &weights, RLRA_MISSING_NONE, 1, NULL) == RLRA_OK;
    else if (done)
        done = rlra_problem_add_dense(f->problem, &data, 1, NULL) == RLRA_OK;
    for (int n = 0; done && n < p->order; n++)
        done = rlra_problem_add_prior(f->problem, n, p->prior) == RLRA_OK;
    f->options.max_sweeps = sweeps;
    f->options.tolerance = f->options.decrease = 0;
    f->options.threads = 1;
    return done && set_options(context, p->options, &f->options);
}

static void clear(fitted *f)
{
    rlra_problem_destroy(f->problem);
    rlra_model_destroy(f->model);
}

static void path_of(const trial *t, const char *name, char *path, size_t room)
{
    snprintf(path, room, "%s/%s", t->folder, name);
}

static size_t load(const trial *t, uint8_t *bytes, size_t room)
{
    char path[128];
    path_of(t, "start-0.checkpoint", path, sizeof path);
    FILE *const file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    const size_t size = fread(bytes, 1, room, file);
    fclose(file);
    return size;
}

static void remove_files(const trial *t)
{
    static const char *const names[] = {"start-0.checkpoint", "start-0.previous", "lock"};
    for (int k = 0; k < 3; k++) {
        char path[128];
        path_of(t, names[k], path, sizeof path);
        unlink(path);
    }
}

/* Put another identity in the place of that of a checkpoint, whose size the head holds; all else stays. */
static size_t rename_fit(const uint8_t *bytes, size_t size, const void *identity, size_t length, uint8_t *out,
                         int rehash)
{
    uint64_t old;
    memcpy(&old, bytes + 24, 8);
    const size_t rest = size - HEAD - (size_t)old;
    if (HEAD + length + rest > FILE_MOST)
        return 0;
    const uint64_t named = length;
    memcpy(out, bytes, HEAD);
    memcpy(out + 24, &named, 8);
    memcpy(out + HEAD, identity, length);
    memcpy(out + HEAD + length, bytes + HEAD + (size_t)old, rest);
    if (rehash) {
        hash h;
        rlra_hash_begin(&h);
        rlra_hash_add(&h, out, HEAD + length + rest - 8);
        const uint64_t sum = rlra_hash_end(&h);
        memcpy(out + HEAD + length + rest - 8, &sum, 8);
    }
    return HEAD + length + rest;
}

/* The checkpoint of fit `number` as this program writes it. */
static size_t make(trial *t, int number, uint8_t *bytes)
{
    static fitted f;
    size_t size = 0;
    rlra_context *const context = trial_begin(t, bytes, 0);
    const rlra_checkpoint kept = {.folder = t->folder, .every = 1e9};
    remove_files(t);
    if (context != NULL && pose(context, &fits[number], MADE_AFTER, &f) &&
        rlra_fit_checkpointed(f.problem, &f.options, &kept, f.model, NULL, NULL) == RLRA_OK)
        size = load(t, bytes, FILE_MOST);
    else
        fprintf(stderr, "fit %d: %s\n", number, rlra_context_message(context));
    clear(&f);
    rlra_context_destroy(context);
    remove_files(t);
    return size;
}

size_t trial_make_checkpoint(trial *t, int number, uint8_t *bytes, size_t room)
{
    static uint8_t whole[FILE_MOST], named[FILE_MOST];
    const char identity[2] = {'@', (char)('0' + number)};
    const size_t size = number < FITS ? make(t, number, whole) : 0;
    const size_t made = size == 0 ? 0 : rename_fit(whole, size, identity, 2, named, 1);
    if (made == 0 || made > room)
        return 0;
    memcpy(bytes, named, made);
    return made;
}

/* Whether the bytes are a checkpoint as far as its head, and of which of our fits. */
static int fit_of(const uint8_t *bytes, size_t size)
{
    uint64_t identity;
    if (size < HEAD + 10)
        return -1;
    memcpy(&identity, bytes + 24, 8);
    if (identity != 2 || bytes[HEAD] != '@' || bytes[HEAD + 1] < '0' || bytes[HEAD + 1] >= '0' + FITS)
        return -1;
    return bytes[HEAD + 1] - '0';
}

static void hear(void *user, const char *sentence)
{
    *(size_t *)user += strlen(sentence);
}

/* What comes out of a checkpoint that is taken are numbers. */
static void check_model(const rlra_model *model)
{
    for (int n = 0; n < rlra_model_order(model); n++) {
        const rlra_array factor = rlra_model_factor(model, n);
        for (int64_t i = 0; i < factor.dims[0] * factor.dims[1]; i++)
            if (!isfinite(rlra_array_get(&factor, (const int64_t[]){i / factor.dims[1], i % factor.dims[1]}))) {
                fprintf(stderr, "a fit that resumed from a checkpoint has factors that are not finite\n");
                abort();
            }
    }
}

static int is_hash_right(const uint8_t *bytes, size_t size)
{
    hash h;
    uint64_t sum;
    rlra_hash_begin(&h);
    rlra_hash_add(&h, bytes, size - 8);
    memcpy(&sum, bytes + size - 8, 8);
    return sum == rlra_hash_end(&h);
}

void trial_run_checkpoint(trial *t, const uint8_t *bytes, size_t size)
{
    static uint8_t own[FITS][FILE_MOST], file[FILE_MOST];
    static size_t identity_bytes[FITS], own_bytes[FITS];
    size_t heard = 0;
    static fitted f;
    const int known = fit_of(bytes, size), number = known < 0 ? 0 : known;
    if (size > FILE_MOST / 2)
        return;
    if (identity_bytes[number] == 0 && (own_bytes[number] = make(t, number, own[number])) > 0)
        memcpy(&identity_bytes[number], own[number] + 24, 8);
    if (known >= 0) {
        size = rename_fit(bytes, size, own[number] + HEAD, identity_bytes[number], file, is_hash_right(bytes, size));
        bytes = file;
    }
    rlra_context *const context = trial_begin(t, bytes, size);
    const rlra_checkpoint kept = {.folder = t->folder, .every = 1e9, .resume = 1, .warn = hear, .user = &heard};
    trial_put(t, "start-0.checkpoint", bytes, size);
    /* One that is damaged is reported, and the one before is taken, where there is one. */
    if (t->turn % 4 == 0)
        trial_put(t, "start-0.previous", own[number], own_bytes[number]);
    if (context != NULL && pose(context, &fits[number], MADE_AFTER + 3, &f)) {
        if (rlra_fit_checkpointed(f.problem, &f.options, &kept, f.model, NULL, NULL) == RLRA_OK) {
            t->read++;
            check_model(f.model);
        } else
            t->refused++;
    }
    clear(&f);
    rlra_context_destroy(context);
    remove_files(t);
}
