/* io/checkpoint_folder.c: make, lock and clean the folder of checkpoints. */
#include "io/checkpoint_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/disk.h"

static rlra_status make(rlra_context *context, const char *folder)
{
    struct stat about;
    if (folder[0] == '\0')
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the name of the folder for checkpoints is empty");
    if (rlra_disk_make_folder(folder) != 0 && errno != EEXIST)
        return rlra_fail(context, RLRA_ERR_FILE, "the folder '%s' for checkpoints cannot be made: %s", folder,
                         strerror(errno));
    if (stat(folder, &about) != 0 || !S_ISDIR(about.st_mode))
        return rlra_fail(context, RLRA_ERR_FILE, "'%s' for checkpoints is not a folder", folder);
    return RLRA_OK;
}

/* Lock the folder; the lock ends with the process in any case. File systems without locks are used without one. */
static rlra_status lock_folder(rlra_context *context, const char *folder, const char *path, int *lock)
{
    const int fd = rlra_disk_open_lock(path);
    if (fd < 0)
        return rlra_fail(context, RLRA_ERR_FILE, "the folder '%s' for checkpoints cannot be written: %s", folder,
                         strerror(errno));
    if (rlra_disk_lock(fd) != 0) {
        close(fd);
        return rlra_fail(context, RLRA_ERR_FILE, "the folder '%s' for checkpoints is in use by another fit", folder);
    }
    *lock = fd;
    return RLRA_OK;
}

/* Whether a name is that of an incomplete file of io/output.c. */
static int is_left_over(const char *name)
{
    return strncmp(name, "start-", 6) == 0 && strstr(name, ".checkpoint.tmp-") != NULL;
}

static void clean(const char *folder)
{
    DIR *const entries = opendir(folder);
    if (entries == NULL)
        return;
    for (const struct dirent *e = readdir(entries); e != NULL; e = readdir(entries))
        if (is_left_over(e->d_name))
            (void)rlra_disk_unlink_at(dirfd(entries), e->d_name);
    closedir(entries);
}

rlra_status rlra_checkpoint_folder_open(rlra_context *context, const char *folder, int *lock)
{
    rlra_status status = RLRA_OK;
    char *path = NULL;
    const size_t room = strlen(folder) + sizeof "/lock";
    *lock = -1;
    TRY(make(context, folder));
    path = rlra_alloc(context, room, 1);
    REQUIRE(path != NULL, rlra_fail_memory(context, room, 1, "a file name"));
    snprintf(path, room, "%s/lock", folder);
    TRY(lock_folder(context, folder, path, lock));
    clean(folder);
cleanup:
    rlra_free(context, path);
    return status;
}

void rlra_checkpoint_folder_close(int lock)
{
    if (lock >= 0)
        close(lock);
}

char *rlra_checkpoint_path(rlra_context *context, const char *folder, int number, const char *ending)
{
    const size_t room = strlen(folder) + strlen(ending) + 32;
    char *const path = rlra_alloc(context, room, 1);
    if (path == NULL)
        rlra_fail_memory(context, room, 1, "a file name");
    else
        snprintf(path, room, "%s/start-%d.%s", folder, number, ending);
    return path;
}

int rlra_checkpoint_exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}
