/* robust/disk_shim.c: loaded before the C library, it lets the N-th change of the file system fail, or the process die at it.
 *
 * DISK_FAULT_AT=N   the change, from 1; 0 or none: all succeed
 * DISK_FAULT=HOW    ENOSPC, EIO, EDQUOT, EINTR; short: a write takes half of its bytes; full: ENOSPC from N on;
 *                   die: before the change; died: after it
 * DISK_FAULT_LOG=F  a line for each change is appended to F */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int count;

typedef int (*open_call)(const char *, int, ...);

static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static void record_change(const char *what, const char *path)
{
    const char *const log = getenv("DISK_FAULT_LOG");
    char line[4200];
    if (log == NULL)
        return;
    const int length = snprintf(line, sizeof line, "%d %s %s\n", count, what, path);
    const int fd = ((open_call)next("open"))(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0 && length > 0)
        (void)!((ssize_t(*)(int, const void *, size_t))next("write"))(fd, line, (size_t)length);
    if (fd >= 0)
        close(fd);
}

/* What a change is to do: 0 to continue, 1 to write half, -1 to fail with errno set. */
static int meet(const char *what, const char *path)
{
    const char *const at = getenv("DISK_FAULT_AT"), *const how = getenv("DISK_FAULT");
    const int wanted = at == NULL ? 0 : atoi(at);
    static const struct {
        const char *name;
        int code;
    } codes[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EDQUOT", EDQUOT}, {"EINTR", EINTR}};
    count++;
    record_change(what, path);
    if (how == NULL || wanted == 0 || (count != wanted && !(strcmp(how, "full") == 0 && count >= wanted)))
        return 0;
    if (strcmp(how, "die") == 0)
        raise(SIGKILL);
    if (strcmp(how, "short") == 0)
        return 1;
    /* On a full disk names can still be taken away and exchanged. */
    if (strcmp(how, "full") == 0) {
        if (strcmp(what, "unlink") == 0 || strcmp(what, "rmdir") == 0 || strcmp(what, "rename") == 0 ||
            strcmp(what, "exchange") == 0 || strcmp(what, "chmod") == 0 || strcmp(what, "chown") == 0)
            return 0;
        errno = ENOSPC;
        return -1;
    }
    for (size_t k = 0; k < sizeof codes / sizeof codes[0]; k++)
        if (strcmp(how, codes[k].name) == 0) {
            errno = codes[k].code;
            return -1;
        }
    return 0;
}

static void met(void)
{
    const char *const at = getenv("DISK_FAULT_AT"), *const how = getenv("DISK_FAULT");
    if (at != NULL && how != NULL && atoi(at) == count && strcmp(how, "died") == 0)
        raise(SIGKILL);
}

static int is_file(int fd)
{
    struct stat about;
    return fd > 2 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

static int open_any(const char *name, const char *path, int flags, mode_t mode)
{
    const int changes = (flags & (O_CREAT | O_TRUNC)) != 0;
    if (changes && meet("open", path) < 0)
        return -1;
    const int fd = ((open_call)next(name))(path, flags, mode);
    const int kept = errno;
    if (changes)
        met();
    errno = kept;
    return fd;
}

#define MODE(flags)                                                                                                    \
    mode_t mode = 0;                                                                                                   \
    if (((flags)&O_CREAT) != 0) {                                                                                      \
        va_list arguments;                                                                                             \
        va_start(arguments, flags);                                                                                    \
        mode = va_arg(arguments, mode_t);                                                                              \
        va_end(arguments);                                                                                             \
    }

int open(const char *path, int flags, ...)
{
    MODE(flags)
    return open_any("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE(flags)
    return open_any("open64", path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    ssize_t (*const real)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))next("write");
    if (!is_file(fd))
        return real(fd, bytes, size);
    const int way = meet("write", "");
    if (way < 0)
        return -1;
    const ssize_t done = real(fd, bytes, way > 0 && size > 1 ? size / 2 : size);
    met();
    return done;
}

#define CALL(name, what, parameters, path, arguments)                                                                  \
    int name parameters                                                                                                \
    {                                                                                                                  \
        int(*const real) parameters = (int(*) parameters)next(#name);                                                  \
        if (meet(what, path) < 0)                                                                                      \
            return -1;                                                                                                 \
        const int result = real arguments, kept = errno;                                                               \
        met();                                                                                                         \
        errno = kept;                                                                                                  \
        return result;                                                                                                 \
    }

CALL(fsync, "fsync", (int fd), "", (fd))
CALL(rename, "rename", (const char *from, const char *to), to, (from, to))
CALL(renameat2, "exchange", (int a, const char *from, int b, const char *to, unsigned flags), to,
     (a, from, b, to, flags))
CALL(link, "link", (const char *from, const char *to), to, (from, to))
CALL(unlink, "unlink", (const char *path), path, (path))
CALL(unlinkat, "unlink", (int folder, const char *path, int flags), path, (folder, path, flags))
CALL(mkdir, "mkdir", (const char *path, mode_t mode), path, (path, mode))
CALL(rmdir, "rmdir", (const char *path), path, (path))
CALL(chmod, "chmod", (const char *path, mode_t mode), path, (path, mode))
CALL(chown, "chown", (const char *path, uid_t owner, gid_t group), path, (path, owner, group))
