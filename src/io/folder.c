/* io/folder.c: a folder whose files are one result: written next to it, then swapped with it in one step. */
#define _XOPEN_SOURCE 700 /* realpath() */

#include "io/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/disk.h"
#include "io/output.h"

#define STAGE_TRIES 1000

static rlra_status fail(const rlra_folder *f, const char *what)
{
    return rlra_fail(f->context, RLRA_ERR_FILE, "the folder '%s' for the results cannot be %s: %s", f->path, what,
                     strerror(errno));
}

/* Create the folder and its parents; `was_made` is set if it did not exist. */
static rlra_status make(const rlra_folder *f, const char *path, int *was_made)
{
    const size_t length = strlen(path);
    char *const part = rlra_alloc(f->context, length + 1, 1);
    if (part == NULL)
        return rlra_fail_memory(f->context, length + 1, 1, "a file name");
    memcpy(part, path, length + 1);
    rlra_status status = RLRA_OK;
    for (char *c = part + 1; status == RLRA_OK && *c != '\0'; c++) {
        if (*c != '/')
            continue;
        *c = '\0';
        if (rlra_disk_make_folder(part) != 0 && errno != EEXIST)
            status = fail(f, "made");
        *c = '/';
    }
    *was_made = status == RLRA_OK && rlra_disk_make_folder(part) == 0;
    if (status == RLRA_OK && !*was_made && errno != EEXIST)
        status = fail(f, "made");
    rlra_free(f->context, part);
    return status;
}

/* Make the path absolute and follow links, so that links stay links and the stage is created where the folder is. */
static rlra_status resolve(rlra_folder *f)
{
    char *const real = realpath(f->path, NULL);
    if (real == NULL)
        return fail(f, "found");
    const size_t length = strlen(real);
    f->target = rlra_alloc(f->context, length + 1, 1);
    if (f->target != NULL)
        memcpy(f->target, real, length + 1);
    free(real);
    return f->target != NULL ? RLRA_OK : rlra_fail_memory(f->context, length + 1, 1, "a file name");
}

static int is_at(int fd, const char *path)
{
    struct stat open_one, named;
    return fstat(fd, &open_one) == 0 && stat(path, &named) == 0 && open_one.st_dev == named.st_dev &&
           open_one.st_ino == named.st_ino;
}

/* Lock the folder. Another program may swap it between opening and locking, which would lock a folder that is gone. */
static rlra_status take_lock(rlra_folder *f)
{
    for (;;) {
        const int fd = open(f->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return fail(f, "opened");
        const int mine = rlra_disk_lock(fd) == 0;
        if (mine && is_at(fd, f->target)) {
            f->lock = fd;
            return RLRA_OK;
        }
        close(fd);
        if (!mine)
            return rlra_fail(
                f->context, RLRA_ERR_FILE,
                "another program is writing results to the folder '%s': wait for it, or take another folder", f->path);
    }
}

/* Refuse names of result files at which the user has a folder, which cannot be replaced by a file. */
static rlra_status check_names(const rlra_folder *f)
{
    for (int k = 0; f->names[k] != NULL; k++) {
        struct stat about;
        char *const path = rlra_path_join(f->context, f->target, f->names[k]);
        if (path == NULL)
            return RLRA_ERR_MEMORY;
        const int other = lstat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISLNK(about.st_mode);
        rlra_free(f->context, path);
        if (other)
            return rlra_fail(f->context, RLRA_ERR_FILE, "cannot write '%s/%s': it is not a regular file", f->path,
                             f->names[k]);
    }
    return RLRA_OK;
}

rlra_status rlra_folder_open(rlra_context *context, const char *path, const char *const *names, rlra_folder **folder)
{
    rlra_status status = RLRA_OK;
    rlra_folder *made = NULL;
    struct stat about;
    if (folder == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "opening a folder needs a place for it");
    *folder = NULL;
    if (context == NULL || path == NULL || path[0] == '\0' || names == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "opening a folder needs a context, its name and the names of files");
    made = rlra_alloc_zero(context, 1, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(context, 1, sizeof *made, "a folder"));
    *made = (rlra_folder){.context = context, .path = path, .names = names, .lock = -1, .stage_lock = -1};
    TRY(make(made, path, &made->was_made));
    REQUIRE(stat(path, &about) == 0 && S_ISDIR(about.st_mode),
            rlra_fail(context, RLRA_ERR_FILE, "'%s' for the results is not a folder", path));
    TRY(resolve(made));
    REQUIRE(access(made->target, W_OK | X_OK) == 0, fail(made, "written"));
    TRY(take_lock(made));
    TRY(check_names(made));
    rlra_folder_sweep(made);
    *folder = made;
    made = NULL;
cleanup:
    rlra_folder_close(made);
    return status;
}

/* Whether the folder can be swapped with another: neither the root of a file system nor the working directory of this process
 * (and its shell). */
static int can_swap(const rlra_folder *f, const char *parent)
{
    struct stat here, above, current;
    return fstat(f->lock, &here) == 0 && stat(parent, &above) == 0 && stat(".", &current) == 0 &&
           here.st_dev == above.st_dev && here.st_ino != above.st_ino &&
           (here.st_dev != current.st_dev || here.st_ino != current.st_ino) && access(parent, W_OK | X_OK) == 0;
}

/* Create the folder again if it was removed. */
static rlra_status ensure_target(rlra_folder *f)
{
    int was_made;
    if (is_at(f->lock, f->target))
        return RLRA_OK;
    const rlra_status status = make(f, f->target, &was_made);
    if (status != RLRA_OK)
        return status;
    close(f->lock);
    f->lock = -1;
    return take_lock(f);
}

const char *rlra_folder_stage(rlra_folder *f)
{
    if (f == NULL)
        return NULL;
    if (f->stage != NULL)
        return f->stage;
    if (ensure_target(f) != RLRA_OK)
        return NULL;
    const size_t length = strlen(f->target), room = 2 * length + 64;
    char *const parent = rlra_path_parent(f->context, f->target), *const stage = rlra_alloc(f->context, room, 1);
    int failed = parent == NULL || stage == NULL;
    if (stage == NULL)
        rlra_fail_memory(f->context, room, 1, "a file name");
    f->beside = !failed && can_swap(f, parent);
    for (int try = 0; !failed && f->stage_lock < 0; try++) {
        snprintf(stage, room, "%s%s" TEMPORARY_MARK "%ld-%d", f->target, f->beside ? "" : "/", (long)getpid(), try);
        if (rlra_disk_make_folder(stage) == 0 &&
            (f->stage_lock = open(stage, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
            const int reason = errno;
            (void)rlra_disk_remove_folder(stage);
            errno = reason;
        }
        failed = f->stage_lock < 0 && (errno != EEXIST || try == STAGE_TRIES);
    }
    if (!failed) {
        (void)rlra_disk_lock(f->stage_lock);
        f->stage = stage;
    } else if (stage != NULL) {
        fail(f, "written");
        rlra_free(f->context, stage);
    }
    rlra_free(f->context, parent);
    return f->stage;
}

/* Call `visit` for each entry of the folder that is not part of a result, until it returns 0. */
static int each_other(const rlra_folder *f, int (*visit)(const rlra_folder *f, const char *name, const char *path))
{
    DIR *const entries = opendir(f->target);
    int going = entries != NULL;
    for (const struct dirent *e = going ? readdir(entries) : NULL; e != NULL && going; e = readdir(entries)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || rlra_folder_owns(f, e->d_name))
            continue;
        char *const path = rlra_path_join(f->context, f->target, e->d_name);
        going = path != NULL && visit(f, e->d_name, path);
        rlra_free(f->context, path);
    }
    if (entries != NULL)
        closedir(entries);
    return going;
}

/* Whether an entry can be moved: folders need write permission, and mount points cannot be moved. */
static int can_move(const rlra_folder *f, const char *name, const char *path)
{
    struct stat about, here;
    (void)name;
    return fstat(f->lock, &here) == 0 && lstat(path, &about) == 0 && about.st_dev == here.st_dev &&
           !rlra_disk_is_mounted(path) && (!S_ISDIR(about.st_mode) || access(path, W_OK) == 0);
}

/* Link an entry that is not part of a result into the new folder before the old one is removed. Folders, which can have one
 * name only, follow later. */
static int link_other(const rlra_folder *f, const char *name, const char *path)
{
    char *const to = rlra_path_join(f->context, f->stage, name);
    if (to != NULL)
        (void)rlra_disk_link(path, to);
    rlra_free(f->context, to);
    return 1;
}

/* Copy owner, group and rights of the old folder to the new one; returns whether they are equal. */
static int copy_rights(const rlra_folder *f)
{
    struct stat old, new;
    if (access(f->target, F_OK) != 0)
        return 1;
    if (fstat(f->lock, &old) != 0 || fstat(f->stage_lock, &new) != 0 || rlra_disk_has_own_rights(f->lock))
        return 0;
    if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid) &&
        rlra_disk_set_owner(f->stage, old.st_uid, old.st_gid) != 0)
        return 0;
    return rlra_disk_set_mode(f->stage, old.st_mode & 07777) == 0;
}

/* Move a file of the stage to its place; if the stage does not have it, remove that of an older result. */
static int replace(const rlra_folder *f, const char *name)
{
    char *const from = rlra_path_join(f->context, f->stage, name);
    char *const to = rlra_path_join(f->context, f->target, name);
    int failed = from == NULL || to == NULL;
    if (!failed && access(from, F_OK) == 0)
        failed = rlra_disk_rename(from, to) != 0;
    else if (!failed)
        failed = rlra_disk_unlink(to) != 0 && errno != ENOENT;
    if (failed && to != NULL)
        fail(f, "written");
    rlra_free(f->context, from);
    rlra_free(f->context, to);
    return failed;
}

static rlra_status replace_each(rlra_folder *f)
{
    for (int k = 0; f->names[k] != NULL; k++)
        if (replace(f, f->names[k]))
            return RLRA_ERR_FILE;
    rlra_disk_sync_folder(f->target);
    return RLRA_OK;
}

/* Whether the stage can only be put in place file by file. */
static int cannot_swap(int reason)
{
    return reason == EINVAL || reason == ENOSYS || reason == EBUSY || reason == EXDEV || reason == EPERM ||
           reason == EACCES || reason == ENOTSUP;
}

static rlra_status put_in_place(rlra_folder *f)
{
    int ignored;
    if (!f->beside || (access(f->target, F_OK) == 0 && !each_other(f, can_move)) || !copy_rights(f))
        return replace_each(f);
    (void)each_other(f, link_other);
    int failed = rlra_disk_exchange(f->stage, f->target) != 0;
    if (failed && cannot_swap(errno))
        return replace_each(f);
    if (failed && errno == ENOENT) { /* removed in the meantime */
        const rlra_status status = make(f, f->target, &ignored);
        if (status != RLRA_OK)
            return status;
        failed = rlra_disk_rename(f->stage, f->target) != 0;
    }
    if (failed)
        return fail(f, "replaced");
    const int old = f->lock;
    f->lock = f->stage_lock;
    f->stage_lock = old;
    return RLRA_OK;
}

/* Clear a stage after or without a commit. Returns 0, or the reason why files of the user remain there. */
static int clear_stage(rlra_folder *f)
{
    /* Close it first, as reading the entries may need the descriptor. Programs that clear abandoned stages need the lock of the
     * folder first. */
    if (f->stage_lock >= 0)
        close(f->stage_lock);
    f->stage_lock = -1;
    return rlra_folder_retire(f, f->stage);
}

static void forget_stage(rlra_folder *f)
{
    rlra_free(f->context, f->stage);
    f->stage = NULL;
}

rlra_status rlra_folder_commit(rlra_folder *f)
{
    if (f == NULL)
        return RLRA_ERR_ARGUMENT;
    if (f->stage == NULL)
        return rlra_fail(f->context, RLRA_ERR_ARGUMENT, "a folder has no stage to be put in place");
    rlra_disk_sync_folder(f->stage);
    rlra_status status = put_in_place(f);
    if (status == RLRA_OK && f->beside) {
        char *const parent = rlra_path_parent(f->context, f->target);
        if (parent != NULL)
            rlra_disk_sync_folder(parent);
        rlra_free(f->context, parent);
    }
    const int reason = clear_stage(f);
    if (status == RLRA_OK && reason != 0)
        status =
            rlra_fail(f->context, RLRA_ERR_FILE,
                      "the new result is in '%s', and what else was there is still in '%s': %s; the next result brings "
                      "it back",
                      f->path, f->stage, strerror(reason));
    forget_stage(f);
    return status;
}

int rlra_folder_has_result(const rlra_folder *f)
{
    if (f == NULL)
        return 0;
    int has = 0;
    for (int k = 0; !has && f->names[k] != NULL; k++) {
        char *const path = rlra_path_join(f->context, f->target, f->names[k]);
        has = path != NULL && access(path, F_OK) == 0;
        rlra_free(f->context, path);
    }
    return has;
}

void rlra_folder_close(rlra_folder *f)
{
    if (f == NULL)
        return;
    if (f->stage != NULL) {
        (void)clear_stage(f);
        forget_stage(f);
    }
    if (f->was_made && f->target != NULL)
        (void)rlra_disk_remove_folder(f->target); /* refused if it is not empty */
    if (f->lock >= 0)
        close(f->lock);
    rlra_free(f->context, f->target);
    rlra_free(f->context, f);
}
