/* fuzz/io_try.c: one trial of the readers. */
#include "fuzz/io_try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/stream.h"
#include "rlra/io.h"

/* Variables of one file that are known, and those of them that are read: mutations can invent thousands. */
#define KNOWN_MOST 16
#define READ_MOST  4

static void *allocate(void *user, size_t bytes)
{
    trial *const t = user;
    if (bytes > t->largest)
        t->largest = bytes;
    void *const memory = malloc(bytes);
    t->live += memory != NULL;
    return memory;
}

static void release(void *user, void *memory)
{
    trial *const t = user;
    t->live--;
    free(memory);
}

void trial_put(const trial *t, const char *name, const void *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", t->folder, name);
    /* A file system may bring to the disk what replaces an old content, which would take most of the time. */
    unlink(path);
    FILE *const file = fopen(path, "wb");
    if (file == NULL)
        return;
    fwrite(bytes, 1, size, file);
    fclose(file);
}

int trial_open(trial *t, const char *ending)
{
    /* A file system in memory takes a fifth of the time. */
    const char *const memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", *const given = getenv("TMPDIR");
    *t = (trial){0};
    snprintf(t->folder, sizeof t->folder, "%s/rlra-fuzz-XXXXXX", given == NULL ? memory : given);
    snprintf(t->ending, sizeof t->ending, "%s", ending);
    if (mkdtemp(t->folder) == NULL)
        return 0;
    char cube[256];
    for (size_t k = 0; k < sizeof cube; k++)
        cube[k] = (char)k;
    trial_put(t, "f", cube, sizeof cube);
    return 1;
}

void trial_close(trial *t)
{
    char path[128];
    snprintf(path, sizeof path, "%s/f", t->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/f%s", t->folder, t->ending);
    unlink(path);
    rmdir(t->folder);
}

typedef struct names {
    char name[KNOWN_MOST][64];
    int count;
} names;

static void keep(void *user, const rlra_variable *variable)
{
    names *const all = user;
    if (all->count < KNOWN_MOST && strlen(variable->name) < sizeof all->name[0])
        strcpy(all->name[all->count++], variable->name);
}

/* Every way to read is tried on some of the bytes, which differ by these. */
static rlra_read_options options_of(const trial *t, rlra_read_dtype dtype)
{
    static const char decimals[] = {0, '.', ',', 0}, groupings[] = {0, 0, ',', '.', ' ', '\'', 0, 0};
    const uint32_t turn = t->turn;
    rlra_read_options options = {.dtype = dtype};
    if (t->plain || turn % 2 == 0)
        return options;
    options.missing_words = (int)(turn >> 1 & 1);
    options.first_line = turn >> 2 & 3;
    options.names_line = (int64_t)(turn >> 4 & 3) - 1;
    options.first_column = (rlra_first_column)(turn >> 6 & 3);
    options.decimal = decimals[turn >> 8 & 3];
    options.grouping = groupings[turn >> 10 & 7];
    options.zero_based = (int)(turn >> 13 & 1);
    return options;
}

static void read_stream(const trial *t, rlra_context *context, const char *spec)
{
    const rlra_read_options options = options_of(t, RLRA_READ_AUTO);
    rlra_stream *stream = NULL;
    if (rlra_stream_open(context, spec, &options, &stream) == RLRA_OK) {
        static unsigned char window[4096];
        entry_source *const source = rlra_stream_source(stream);
        const rlra_array *const array = rlra_stream_array(stream);
        const int64_t count = rlra_array_count(array), most = (int64_t)sizeof window / rlra_dtype_bytes(array->dtype);
        const int64_t part = count < most ? count : most;
        source->read(source, 0, 0, part, window);
        source->read(source, 0, count - part, part, window);
        source->check(source);
    }
    rlra_stream_close(stream);
}

/* Each precision of the file's own array; of one among many that which the bytes draw, which saves most of the time. */
static void read_one(trial *t, rlra_context *context, const char *spec, int one_of_many)
{
    const rlra_read_dtype drawn = (rlra_read_dtype)(t->turn >> 14) % 3;
    for (rlra_read_dtype dtype = RLRA_READ_AUTO; dtype <= RLRA_READ_F64; dtype++) {
        if (one_of_many && !t->plain && dtype != drawn)
            continue;
        rlra_dataset *dataset = NULL;
        rlra_array_summary summary;
        const rlra_read_options options = options_of(t, dtype);
        if (rlra_dataset_read(context, spec, &options, &dataset) == RLRA_OK) {
            rlra_sparse_summary sparse;
            if (rlra_dataset_sparse(dataset) != NULL)
                rlra_sparse_summarise(context, rlra_dataset_sparse(dataset), &sparse);
            else
                rlra_array_summarise(rlra_dataset_array(dataset), &summary);
            snprintf(t->format, sizeof t->format, "%s", rlra_dataset_format(dataset));
            t->read++;
        } else
            t->refused++;
        rlra_dataset_destroy(dataset);
    }
    char *text = NULL;
    rlra_text_read(context, spec, &text);
    rlra_text_free(context, text);
    read_stream(t, context, spec);
}

rlra_context *trial_begin(trial *t, const uint8_t *bytes, size_t size)
{
    const rlra_allocator allocator = {allocate, release, t};
    rlra_context *context;
    t->largest = 0;
    t->turn = 0;
    for (size_t k = 0; k < size; k++)
        t->turn = 31 * t->turn + bytes[k];
    t->turn ^= t->turn >> 16;
    return rlra_context_create(&allocator, &context) == RLRA_OK ? context : NULL;
}

void trial_run(trial *t, const uint8_t *bytes, size_t size)
{
    char name[32], path[128], spec[256], *text = NULL;
    static names all;
    rlra_context *const context = trial_begin(t, bytes, size);
    if (context == NULL)
        return;
    all.count = 0;
    snprintf(name, sizeof name, "f%s", t->ending);
    trial_put(t, name, bytes, size);
    snprintf(path, sizeof path, "%s/%s", t->folder, name);
    const rlra_read_options options = options_of(t, RLRA_READ_AUTO);
    if (rlra_file_list(context, path, &options, keep, &all) != RLRA_OK)
        t->refused++;
    rlra_file_read_text(context, path, &text);
    rlra_text_free(context, text);
    read_one(t, context, path, 0);
    for (int k = 0; k < all.count; k++) {
        if (!t->plain && all.count > READ_MOST &&
            (t->turn % KNOWN_MOST + (uint32_t)k) % (uint32_t)all.count >= READ_MOST)
            continue;
        snprintf(spec, sizeof spec, "%s:%s", path, all.name[k]);
        read_one(t, context, spec, 1);
    }
    rlra_context_destroy(context);
}

void trial_run_envi(trial *t, const uint8_t *bytes, size_t size)
{
    static const char *const others[] = {"f.img", "f.dat", "F.bsq", "f.hdr.raw"};
    char path[128];
    const uint8_t data[64] = {'B', 'Z', 'h', 1};
    trial_run(t, bytes, size);
    const uint32_t other = t->turn >> 3 & 7;
    if (other < 4)
        trial_put(t, others[other], data, sizeof data - other % 2 * 8);
    const size_t largest = t->largest;
    rlra_context *const context = trial_begin(t, bytes, size);
    if (context == NULL)
        return;
    snprintf(path, sizeof path, "%s/f", t->folder);
    read_one(t, context, path, 0);
    snprintf(path, sizeof path, "%s/f%s", t->folder, t->ending);
    read_one(t, context, path, 0);
    rlra_context_destroy(context);
    t->largest = largest > t->largest ? largest : t->largest;
    snprintf(path, sizeof path, "%s/%s", t->folder, others[other % 4]);
    unlink(path);
}
