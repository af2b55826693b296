/* fuzz/replay.c: run the kept files of every reader again: those of the corpora, and those that once did harm.
 *
 *   fuzz_replay                        all of them, and some mutations of each; what ctest runs
 *   fuzz_replay list                   the names of the readers, and the sources of each
 *   fuzz_replay run NAME PATH...       files, or all files of folders, under one reader
 *   fuzz_replay checkpoints FOLDER     write the checkpoints that the corpus begins with */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/targets.h"
#include "io/format.h"

#define FILE_MOST ((size_t)1 << 18)
#define MUTATIONS 3 /* of each file */

/* What was read and refused under one reader. */
typedef struct tally {
    int files, own, read, failed;
    int64_t refused, mutated, taken;
} tally;

static size_t load(const char *path, uint8_t *bytes)
{
    FILE *const file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    const size_t size = fread(bytes, 1, FILE_MOST, file);
    fclose(file);
    return size;
}

/* A byte, a bit, a run or the length is another one. */
static mutation *drawn;
static size_t change_bytes(uint8_t *data, size_t size, size_t room)
{
    if (size == 0)
        return 0;
    uint8_t *const at = data + mutation_draw(drawn, (uint32_t)size);
    switch (mutation_draw(drawn, 4)) {
    case 0:
        *at ^= (uint8_t)(1u << mutation_draw(drawn, 8));
        return size;
    case 1:
        *at = (uint8_t)mutation_draw(drawn, 256);
        return size;
    case 2:
        return 1 + mutation_draw(drawn, (uint32_t)size);
    default:
        if (size < room)
            memmove(at + 1, at, size - (size_t)(at - data));
        return size < room ? size + 1 : size;
    }
}

/* Count how many mutations of a file that could be read can be read. */
static void mutate(const fuzz_target *target, trial *t, const uint8_t *bytes, size_t size, tally *to)
{
    static uint8_t changed[FILE_MOST];
    const int sound = t->read > 0;
    for (int k = 0; k < MUTATIONS && target->mutate != NULL; k++) {
        mutation m = {(uint64_t)(MUTATIONS * to->files + k), change_bytes};
        drawn = &m;
        memcpy(changed, bytes, size);
        const size_t length = target->mutate(&m, changed, size, FILE_MOST);
        const int64_t before = t->read;
        to->failed += !fuzz_target_run(target, t, changed, length);
        to->mutated += sound;
        to->taken += sound && t->read > before;
    }
}

static int is_format(const char *name)
{
    for (int k = 0; rlra_format_member_at(k) != NULL; k++)
        if (strcmp(rlra_format_member_at(k)->name, name) == 0)
            return 1;
    return 0;
}

static void run_file(const fuzz_target *target, const char *path, int mutations, tally *to)
{
    static uint8_t bytes[FILE_MOST];
    static trial t;
    const size_t size = load(path, bytes);
    if (!trial_open(&t, target->ending))
        exit(2);
    to->files++;
    if (!fuzz_target_run(target, &t, bytes, size)) {
        fprintf(stderr, "  in %s\n", path);
        to->failed++;
    }
    to->read += t.read > 0;
    to->own += t.read > 0 && (!is_format(target->name) || strcmp(t.format, target->name) == 0);
    to->refused += t.refused;
    if (mutations)
        mutate(target, &t, bytes, size, to);
    trial_close(&t);
}

static int is_shown(const struct dirent *one)
{
    return one->d_name[0] != '.';
}

/* A file, or all files of a folder in the order of their names. */
static void run_path(const fuzz_target *target, const char *path, int mutations, tally *to)
{
    struct dirent **names;
    const int count = scandir(path, &names, is_shown, alphasort);
    if (count < 0) {
        run_file(target, path, mutations, to);
        return;
    }
    for (int k = 0; k < count; k++) {
        char file[1024];
        snprintf(file, sizeof file, "%s/%s", path, names[k]->d_name);
        run_file(target, file, mutations, to);
        free(names[k]);
    }
    free(names);
}

static int complain(const char *name, const char *what)
{
    fprintf(stderr, "%s: %s\n", name, what);
    return 1;
}

/* Files that once did harm are in found/NAME, where there are any. */
static int replay(const fuzz_target *target)
{
    char path[512];
    DIR *folder;
    tally all = {0};
    snprintf(path, sizeof path, "%s/corpus/%s", RLRA_FUZZ_HOME, target->name);
    if ((folder = opendir(path)) == NULL)
        return complain(target->name, "has no corpus");
    closedir(folder);
    run_path(target, path, 1, &all);
    snprintf(path, sizeof path, "%s/found/%s", RLRA_FUZZ_HOME, target->name);
    if ((folder = opendir(path)) != NULL) {
        closedir(folder);
        run_path(target, path, 0, &all);
    }
    printf("%-12s %4d files, %4d read; of %5lld mutations %5lld read\n", target->name, all.files, all.read,
           (long long)all.mutated, (long long)all.taken);
    int failed = all.failed > 0;
    if (all.own == 0)
        failed |= complain(target->name, "none of its corpus is read by it");
    if (all.refused == 0)
        failed |= complain(target->name, "none of its corpus is refused");
    /* Mutators that know the structure leave files that can be read, and some that cannot. */
    if (target->mutate != NULL && (all.taken < all.mutated / 10 || all.taken == all.mutated))
        failed |= complain(target->name, "its mutator makes all files bad, or none");
    return failed;
}

static int replay_all(void)
{
    int failed = 0;
    for (int k = 0; rlra_format_member_at(k) != NULL; k++)
        if (fuzz_target_find(rlra_format_member_at(k)->name) == NULL)
            failed |= complain(rlra_format_member_at(k)->name, "is a format without a row in tests/fuzz/targets.c");
    for (int k = 0; k < fuzz_target_count; k++)
        failed |= replay(&fuzz_targets[k]);
    return failed;
}

static int make_checkpoints(const char *folder)
{
    static uint8_t bytes[FILE_MOST];
    trial t;
    size_t size;
    if (!trial_open(&t, ""))
        return 2;
    for (int number = 0; (size = trial_make_checkpoint(&t, number, bytes, sizeof bytes)) > 0; number++) {
        char path[512];
        snprintf(path, sizeof path, "%s/fit_%d", folder, number);
        FILE *const file = fopen(path, "wb");
        if (file == NULL || fwrite(bytes, 1, size, file) != size)
            return complain(path, "cannot be written");
        fclose(file);
    }
    trial_close(&t);
    return 0;
}

int main(int count, char **arguments)
{
    tally all = {0};
    const fuzz_target *const target = fuzz_target_find(count > 2 ? arguments[2] : NULL);
    if (count == 1)
        return replay_all();
    if (strcmp(arguments[1], "list") == 0) {
        for (int k = 0; k < fuzz_target_count; k++)
            printf("%s %s\n", fuzz_targets[k].name, fuzz_targets[k].sources);
        return 0;
    }
    if (strcmp(arguments[1], "checkpoints") == 0 && count == 3)
        return make_checkpoints(arguments[2]);
    if (strcmp(arguments[1], "run") != 0 || target == NULL)
        return complain(arguments[0], "expected list, checkpoints FOLDER, or run NAME PATH...") + 1;
    for (int k = 3; k < count; k++)
        run_path(target, arguments[k], 0, &all);
    printf("%d files, %d read\n", all.files, all.read);
    return all.failed > 0;
}
