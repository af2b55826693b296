/* support/folder.h: an empty folder that goes with the test, and copies of files. */
#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/support.h"

typedef struct folder {
    char name[64];
} folder;

/* In memory where that can be had: bringing thousands of small files to a disk takes longer than all the rest. */
static inline folder make_folder(void)
{
    folder f = {"/tmp/rlra-test-XXXXXX"};
    if (access("/dev/shm", W_OK | X_OK) == 0)
        snprintf(f.name, sizeof f.name, "/dev/shm/rlra-test-XXXXXX");
    assert_non_null(mkdtemp(f.name));
    return f;
}

static inline const char *path_in(const char *name, const char *file, char *room, size_t size)
{
    snprintf(room, size, "%s/%s", name, file);
    return room;
}

/* With the files in it. */
static inline void remove_folder(const char *name)
{
    char path[512];
    DIR *const entries = opendir(name);
    for (const struct dirent *e = entries == NULL ? NULL : readdir(entries); e != NULL; e = readdir(entries))
        if (e->d_name[0] != '.')
            unlink(path_in(name, e->d_name, path, sizeof path));
    if (entries != NULL)
        closedir(entries);
    rmdir(name);
}

/* The bytes of a file, freed by the caller; NULL if there is none. */
static inline unsigned char *read_bytes(const char *path, size_t *size)
{
    FILE *const file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    unsigned char *const bytes = malloc(*size + 1);
    assert_true(fread(bytes, 1, *size, file) == *size);
    fclose(file);
    return bytes;
}

static inline void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fwrite(bytes, 1, size, file) == size);
    assert_int_equal(fclose(file), 0);
}

static inline void copy_file(const char *from, const char *to)
{
    size_t size = 0;
    unsigned char *const bytes = read_bytes(from, &size);
    assert_non_null(bytes);
    write_bytes(to, bytes, size);
    free(bytes);
}

#endif
