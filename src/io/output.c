/* io/output.c: write files so that a failure leaves only the old file, if any. */
#define _XOPEN_SOURCE 700 /* realpath() */

#include "io/output.h"

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

#define TEMPORARY_TRIES 1000
#define LETTERS         "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define BUFFER_BYTES    65536

static rlra_status fail(const output *out, const char *what)
{
    return rlra_fail(out->context, RLRA_ERR_FILE, "cannot %s '%s': %s", what, out->path, strerror(errno));
}

/* Find the file at `path`, following links, so that links stay links. */
static rlra_status find_target(output *out)
{
    struct stat about;
    const int exists = stat(out->path, &about) == 0;
    if (exists && S_ISDIR(about.st_mode))
        return rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s': it is a directory", out->path);
    if (exists && !S_ISREG(about.st_mode))
        return rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s': it is not a regular file", out->path);
    char *const real = exists ? realpath(out->path, NULL) : NULL;
    const char *const chosen = real != NULL ? real : out->path;
    out->target = rlra_alloc(out->context, strlen(chosen) + 1, 1);
    if (out->target != NULL)
        memcpy(out->target, chosen, strlen(chosen) + 1);
    free(real);
    return out->target != NULL ? RLRA_OK : rlra_fail_memory(out->context, strlen(out->path) + 1, 1, "a file name");
}

/* The text after a printed number; NULL if there is none. */
static const char *skip_number(const char *text)
{
    const size_t digits = strspn(text, "0123456789");
    return digits == 0 || (digits > 1 && text[0] == '0') ? NULL : text + digits;
}

int rlra_output_is_temporary(const char *name, const char *stem, size_t length)
{
    const size_t mark = strlen(TEMPORARY_MARK);
    if (strncmp(name, stem, length) != 0 || strncmp(name + length, TEMPORARY_MARK, mark) != 0)
        return 0;
    const char *const process = name + length + mark, *const behind = skip_number(process);
    const char *const end = behind == NULL || *behind != '-' || process[0] == '0' ? NULL : skip_number(behind + 1);
    if (end == NULL || *end == '\0')
        return end != NULL;
    /* Older versions used libzip, whose temporary files have six letters or digits. */
    return *end == '.' && strlen(end) == 7 && strspn(end + 1, LETTERS) == 6;
}

/* Whether the program of a temporary file has ended, which releases its lock. */
static int is_abandoned(int folder, const char *name)
{
    const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat about;
    const int abandoned = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && rlra_disk_lock(fd) == 0;
    if (fd >= 0)
        close(fd);
    return abandoned;
}

/* Remove leftovers of killed programs for this file. */
static rlra_status sweep(const output *out)
{
    const char *const slash = strrchr(out->target, '/'), *const name = slash == NULL ? out->target : slash + 1;
    char *const parent = rlra_path_parent(out->context, out->target);
    if (parent == NULL)
        return RLRA_ERR_MEMORY;
    DIR *const entries = opendir(parent);
    rlra_free(out->context, parent);
    if (entries == NULL)
        return RLRA_OK;
    for (const struct dirent *e = readdir(entries); e != NULL; e = readdir(entries))
        if (rlra_output_is_temporary(e->d_name, name, strlen(name)) && is_abandoned(dirfd(entries), e->d_name))
            (void)rlra_disk_unlink_at(dirfd(entries), e->d_name);
    closedir(entries);
    return RLRA_OK;
}

/* Create the temporary file and lock it; in between another program may regard it as abandoned. */
static int create(output *out)
{
    struct stat about;
    out->fd = rlra_disk_create(out->temporary);
    if (out->fd < 0)
        return 0;
    if (rlra_disk_lock(out->fd) == 0 && fstat(out->fd, &about) == 0 && about.st_nlink > 0)
        return 1;
    close(out->fd);
    errno = EEXIST;
    return 0;
}

rlra_status rlra_output_open(rlra_context *context, const char *path, output *out)
{
    rlra_status status = RLRA_OK;
    *out = (output){.context = context, .path = path};
    REQUIRE(path[0] != '\0', rlra_fail(context, RLRA_ERR_ARGUMENT, "the name of the file to write is empty"));
    TRY(find_target(out));
    TRY(sweep(out));
    const size_t room = strlen(out->target) + 40;
    out->temporary = rlra_alloc(context, room, 1);
    REQUIRE(out->temporary != NULL, rlra_fail_memory(context, room, 1, "a file name"));
    out->buffer = rlra_alloc(context, BUFFER_BYTES, 1);
    REQUIRE(out->buffer != NULL, rlra_fail_memory(context, BUFFER_BYTES, 1, "a buffer for writing"));
    for (int try = 0; try < TEMPORARY_TRIES && !out->is_open; try++) {
        snprintf(out->temporary, room, "%s" TEMPORARY_MARK "%ld-%d", out->target, (long)getpid(), try);
        out->is_open = create(out);
        if (!out->is_open && errno != EEXIST)
            break;
    }
    REQUIRE(out->is_open, fail(out, "write"));
cleanup:
    if (status != RLRA_OK && !out->is_open) { /* the name belongs to a file that we did not create */
        rlra_free(context, out->temporary);
        out->temporary = NULL;
    }
    if (status != RLRA_OK)
        rlra_output_discard(out);
    return status;
}

static rlra_status flush(output *out)
{
    const size_t used = out->used;
    out->used = 0;
    return rlra_disk_write(out->fd, out->buffer, used) == 0 ? RLRA_OK : fail(out, "write");
}

rlra_status rlra_output_write(output *out, const void *bytes, size_t size)
{
    rlra_status status = RLRA_OK;
    out->written += (int64_t)size;
    if (out->used + size > BUFFER_BYTES)
        TRY(flush(out));
    if (size >= BUFFER_BYTES)
        return rlra_disk_write(out->fd, bytes, size) == 0 ? RLRA_OK : fail(out, "write");
    if (size > 0)
        memcpy(out->buffer + out->used, bytes, size);
    out->used += size;
cleanup:
    return status;
}

/* Sync the folder, so that the new name survives a crash as well. */
static void sync_folder(char *target)
{
    char *const slash = strrchr(target, '/');
    if (slash != NULL)
        *slash = '\0';
    rlra_disk_sync_folder(slash == NULL ? "." : slash == target ? "/" : target);
    if (slash != NULL)
        *slash = '/';
}

rlra_status rlra_output_settle(output *out)
{
    rlra_status status = RLRA_OK;
    TRY(flush(out));
    REQUIRE(rlra_disk_sync(out->fd) == 0, fail(out, "write")); /* after this, closing has nothing to report */
    out->is_settled = 1;
cleanup:
    return status;
}

rlra_status rlra_output_commit(output *out)
{
    rlra_status status = RLRA_OK;
    if (!out->is_settled)
        TRY(rlra_output_settle(out));
    REQUIRE(rlra_disk_rename(out->temporary, out->target) == 0, fail(out, "replace"));
    rlra_free(out->context, out->temporary);
    out->temporary = NULL;
    sync_folder(out->target);
cleanup:
    rlra_output_discard(out);
    return status;
}

void rlra_output_discard(output *out)
{
    if (out->is_open)
        rlra_disk_close(out->fd);
    if (out->temporary != NULL)
        rlra_disk_unlink(out->temporary);
    rlra_free(out->context, out->temporary);
    rlra_free(out->context, out->target);
    rlra_free(out->context, out->buffer);
    *out = (output){.context = out->context, .path = out->path};
}
