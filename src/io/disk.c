/* io/disk.c: every change that the library makes to the file system. */
#define _GNU_SOURCE /* renameat2(), O_TMPFILE */

#include "io/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The first descriptor after stdin, stdout and stderr, even if those are closed. */
#define FIRST_DESCRIPTOR 3

/* STATX_ATTR_MOUNT_ROOT of Linux 5.8, which older headers do not have. */
#define MOUNT_ROOT 0x2000

/* Repeat a call that a signal interrupted before it had any effect. */
#define AGAIN(result, call)                                                                                            \
    do                                                                                                                 \
        (result) = (call);                                                                                             \
    while ((result) < 0 && errno == EINTR)

static int keep_off_terminal(int fd)
{
    if (fd < 0 || fd >= FIRST_DESCRIPTOR)
        return fd;
    const int moved = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR), kept = errno;
    close(fd);
    errno = kept;
    return moved;
}

static int open_file(const char *path, int flags)
{
    int fd;
    AGAIN(fd, open(path, flags | O_CLOEXEC, 0666));
    return keep_off_terminal(fd);
}

int rlra_disk_create(const char *path)
{
    return open_file(path, O_WRONLY | O_CREAT | O_EXCL);
}

int rlra_disk_open_lock(const char *path)
{
    return open_file(path, O_RDWR | O_CREAT | O_NONBLOCK);
}

/* If the file system has no unnamed files, the name of a file is removed. */
int rlra_disk_create_nameless(const char *folder)
{
    char path[4096];
    const int nameless = keep_off_terminal(open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
    if (nameless >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL))
        return nameless;
    if (snprintf(path, sizeof path, "%s/rlra-XXXXXX", folder) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const int fd = keep_off_terminal(mkostemp(path, O_CLOEXEC));
    if (fd >= 0)
        unlink(path);
    return fd;
}

int rlra_disk_write(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        const ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        at += written;
        size -= (size_t)written;
    }
    return 0;
}

int rlra_disk_sync(int fd)
{
    int result;
    AGAIN(result, fsync(fd));
    return result;
}

/* Linux has closed the file even if it reports a signal. */
int rlra_disk_close(int fd)
{
    const int result = close(fd);
    return result != 0 && errno == EINTR ? 0 : result;
}

void rlra_disk_sync_folder(const char *path)
{
    const int fd = open_file(path, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return;
    (void)rlra_disk_sync(fd);
    close(fd);
}

int rlra_disk_rename(const char *from, const char *to)
{
    int result;
    AGAIN(result, rename(from, to));
    return result;
}

int rlra_disk_exchange(const char *one, const char *other)
{
    int result;
    AGAIN(result, renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE));
    return result;
}

int rlra_disk_link(const char *path, const char *other)
{
    int result;
    AGAIN(result, link(path, other));
    return result;
}

int rlra_disk_unlink(const char *path)
{
    int result;
    AGAIN(result, unlink(path));
    return result;
}

int rlra_disk_unlink_at(int folder, const char *name)
{
    int result;
    AGAIN(result, unlinkat(folder, name, 0));
    return result;
}

int rlra_disk_make_folder(const char *path)
{
    int result;
    AGAIN(result, mkdir(path, 0777));
    return result;
}

int rlra_disk_remove_folder(const char *path)
{
    int result;
    AGAIN(result, rmdir(path));
    return result;
}

int rlra_disk_set_mode(const char *path, mode_t mode)
{
    int result;
    AGAIN(result, chmod(path, mode));
    return result;
}

int rlra_disk_set_owner(const char *path, uid_t owner, gid_t group)
{
    int result;
    AGAIN(result, chown(path, owner, group));
    return result;
}

int rlra_disk_is_mounted(const char *path)
{
    struct statx about;
    return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &about) == 0 &&
           (about.stx_attributes & MOUNT_ROOT) != 0;
}

/* Attributes that the system sets itself (security.) are set for a new folder as well. */
int rlra_disk_has_own_rights(int fd)
{
    char names[4096];
    const ssize_t bytes = flistxattr(fd, names, sizeof names);
    if (bytes < 0)
        return errno == ERANGE;
    for (const char *name = names; name < names + bytes; name += strlen(name) + 1)
        if (strncmp(name, "security.", strlen("security.")) != 0)
            return 1;
    return 0;
}

int rlra_disk_lock(int fd)
{
    int result;
    AGAIN(result, flock(fd, LOCK_EX | LOCK_NB));
    return result != 0 && errno == EWOULDBLOCK ? -1 : 0;
}
