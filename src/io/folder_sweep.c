/* io/folder_sweep.c: remove what is no longer a result: replaced files, and leftovers of killed programs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/disk.h"
#include "io/folder.h"
#include "io/output.h"

char *rlra_path_join(rlra_context *context, const char *folder, const char *name)
{
    const size_t room = strlen(folder) + strlen(name) + 2;
    char *const path = rlra_alloc(context, room, 1);
    if (path == NULL)
        rlra_fail_memory(context, room, 1, "a file name");
    else
        snprintf(path, room, "%s/%s", folder, name);
    return path;
}

char *rlra_path_parent(rlra_context *context, const char *path)
{
    const char *const slash = strrchr(path, '/');
    const size_t length = slash == path || slash == NULL ? 1 : (size_t)(slash - path);
    char *const parent = rlra_alloc(context, length + 1, 1);
    if (parent == NULL) {
        rlra_fail_memory(context, length + 1, 1, "a file name");
        return NULL;
    }
    memcpy(parent, slash == NULL ? "." : path, length);
    parent[length] = '\0';
    return parent;
}

int rlra_folder_owns(const rlra_folder *folder, const char *name)
{
    for (int k = 0; folder->names[k] != NULL; k++)
        if (strcmp(folder->names[k], name) == 0)
            return 1;
    return 0;
}

/* Whether a name is that of an incomplete file of a result. */
static int is_left_over(const rlra_folder *folder, const char *name)
{
    for (int k = 0; folder->names[k] != NULL; k++)
        if (rlra_output_is_temporary(name, folder->names[k], strlen(folder->names[k])))
            return 1;
    return 0;
}

static int same_file(const char *one, const char *other)
{
    struct stat a, b;
    return lstat(one, &a) == 0 && lstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

static int retire_entry(const rlra_folder *folder, const char *old, const char *name)
{
    char *const here = rlra_path_join(folder->context, old, name);
    char *const there = rlra_path_join(folder->context, folder->target, name);
    int reason = here == NULL || there == NULL ? ENOMEM : 0;
    if (here != NULL && there != NULL) {
        if (rlra_folder_owns(folder, name) || is_left_over(folder, name) || same_file(here, there))
            (void)rlra_disk_unlink(here);
        else if (!exists(there))
            reason = rlra_disk_rename(here, there) == 0 ? 0 : errno;
    }
    rlra_free(folder->context, here);
    rlra_free(folder->context, there);
    return reason;
}

int rlra_folder_retire(const rlra_folder *folder, const char *old)
{
    DIR *const entries = opendir(old);
    int reason = 0;
    if (entries == NULL)
        return errno == ENOENT ? 0 : errno;
    for (const struct dirent *e = readdir(entries); e != NULL; e = readdir(entries)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        const int kept = retire_entry(folder, old, e->d_name);
        reason = reason == 0 ? kept : reason;
    }
    closedir(entries);
    (void)rlra_disk_remove_folder(old);
    return reason;
}

/* Whether the program of a stage has ended, which releases its lock. */
static int is_abandoned(const char *stage)
{
    const int fd = open(stage, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    const int abandoned = fd >= 0 && rlra_disk_lock(fd) == 0;
    if (fd >= 0)
        close(fd);
    return abandoned;
}

static void sweep_stages(const rlra_folder *folder, const char *where, const char *stem)
{
    DIR *const entries = opendir(where);
    if (entries == NULL)
        return;
    const size_t length = strlen(stem);
    for (const struct dirent *e = readdir(entries); e != NULL; e = readdir(entries)) {
        if (!rlra_output_is_temporary(e->d_name, stem, length))
            continue;
        char *const stage = rlra_path_join(folder->context, where, e->d_name);
        if (stage != NULL && is_abandoned(stage))
            (void)rlra_folder_retire(folder, stage);
        rlra_free(folder->context, stage);
    }
    closedir(entries);
}

static void sweep_files(const rlra_folder *folder)
{
    DIR *const entries = opendir(folder->target);
    if (entries == NULL)
        return;
    for (const struct dirent *e = readdir(entries); e != NULL; e = readdir(entries)) {
        if (!is_left_over(folder, e->d_name))
            continue;
        char *const path = rlra_path_join(folder->context, folder->target, e->d_name);
        if (path != NULL)
            (void)rlra_disk_unlink(path);
        rlra_free(folder->context, path);
    }
    closedir(entries);
}

void rlra_folder_sweep(const rlra_folder *folder)
{
    const char *const slash = strrchr(folder->target, '/');
    sweep_files(folder);
    sweep_stages(folder, folder->target, "");
    if (slash == NULL || slash[1] == '\0')
        return;
    char *const parent = rlra_path_parent(folder->context, folder->target);
    if (parent != NULL)
        sweep_stages(folder, parent, slash + 1);
    rlra_free(folder->context, parent);
}
