/* io/output.c: write files so that a failure leaves the old file, if any, and nothing else. */
#define _XOPEN_SOURCE 700 /* realpath() */

#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY_TRIES 1000

static rlra_status fail(const output *out, const char *what)
{
    return rlra_fail(out->context, RLRA_ERR_FILE, "cannot %s '%s': %s", what, out->path, strerror(errno));
}

/* The file behind `path`: links are followed, so that they stay links. */
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

rlra_status rlra_output_open(rlra_context *context, const char *path, output *out)
{
    rlra_status status = RLRA_OK;
    int fd = -1;
    *out = (output){.context = context, .path = path};
    REQUIRE(path[0] != '\0', rlra_fail(context, RLRA_ERR_ARGUMENT, "the name of the file to write is empty"));
    TRY(find_target(out));
    const size_t room = strlen(out->target) + 40;
    out->temporary = rlra_alloc(context, room, 1);
    REQUIRE(out->temporary != NULL, rlra_fail_memory(context, room, 1, "a file name"));
    for (int try = 0; try < TEMPORARY_TRIES && fd < 0; try++) {
        snprintf(out->temporary, room, "%s.tmp-%ld-%d", out->target, (long)getpid(), try);
        fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0) {
        status = fail(out, "write");
        /* The name is of a file that is not ours. */
        rlra_free(context, out->temporary);
        out->temporary = NULL;
        goto cleanup;
    }
    out->stream = fdopen(fd, "wb");
    REQUIRE(out->stream != NULL, fail(out, "write"));
    fd = -1;
cleanup:
    if (fd >= 0)
        close(fd);
    if (status != RLRA_OK)
        rlra_output_discard(out);
    return status;
}

rlra_status rlra_output_write(output *out, const void *bytes, size_t size)
{
    if (size > 0 && fwrite(bytes, 1, size, out->stream) != size)
        return fail(out, "write");
    return RLRA_OK;
}

/* By name, not by the stream: a library may have put another file under that name. */
static int sync_path(const char *path, int flags)
{
    const int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        return -1;
    const int result = fsync(fd), kept = errno;
    close(fd);
    errno = kept;
    return result;
}

/* So that the new name survives a crash as well; some file systems cannot, which is no failure. */
static void sync_folder(char *target)
{
    char *const slash = strrchr(target, '/');
    if (slash == NULL) {
        (void)sync_path(".", O_RDONLY);
        return;
    }
    *slash = '\0';
    (void)sync_path(slash == target ? "/" : target, O_RDONLY);
    *slash = '/';
}

rlra_status rlra_output_commit(output *out)
{
    rlra_status status = RLRA_OK;
    FILE *const stream = out->stream;
    out->stream = NULL;
    REQUIRE(fclose(stream) == 0, fail(out, "write"));
    REQUIRE(sync_path(out->temporary, O_RDONLY) == 0, fail(out, "write"));
    REQUIRE(rename(out->temporary, out->target) == 0, fail(out, "replace"));
    rlra_free(out->context, out->temporary);
    out->temporary = NULL;
    sync_folder(out->target);
cleanup:
    rlra_output_discard(out);
    return status;
}

void rlra_output_discard(output *out)
{
    if (out->stream != NULL)
        fclose(out->stream);
    if (out->temporary != NULL)
        unlink(out->temporary);
    rlra_free(out->context, out->temporary);
    rlra_free(out->context, out->target);
    out->stream = NULL;
    out->temporary = NULL;
    out->target = NULL;
}
