/* io/disk.h: every change that the library makes to the file system, in one place, where tests can make the N-th of them fail.
 *
 * All return -1 and set errno on failure, and continue after an interruption by a signal. */
#ifndef RLRA_IO_DISK_H
#define RLRA_IO_DISK_H

#include <stddef.h>
#include <sys/types.h>

/* Create a file for writing; fails if it exists. Never returns descriptors 0 to 2, which programs use for the terminal. */
int rlra_disk_create(const char *path);

/* Open a file for reading and writing, created if it does not exist; for locks. */
int rlra_disk_open_lock(const char *path);

/* Create an unnamed file in a folder, for writing and reading; it vanishes with its descriptor. */
int rlra_disk_create_nameless(const char *folder);

/* Write all bytes, or fail. */
int rlra_disk_write(int fd, const void *bytes, size_t size);

int rlra_disk_sync(int fd);
int rlra_disk_close(int fd);

/* Sync the entries of a folder to the disk. Some file systems cannot do this, which is no failure. */
void rlra_disk_sync_folder(const char *path);

int rlra_disk_rename(const char *from, const char *to);

/* Exchange two names in one step; EINVAL or ENOSYS if the file system cannot. */
int rlra_disk_exchange(const char *one, const char *other);

int rlra_disk_link(const char *path, const char *other);
int rlra_disk_unlink(const char *path);
int rlra_disk_unlink_at(int folder, const char *name);
int rlra_disk_make_folder(const char *path);
int rlra_disk_remove_folder(const char *path);
int rlra_disk_set_mode(const char *path, mode_t mode);
int rlra_disk_set_owner(const char *path, uid_t owner, gid_t group);

/* Whether another file system, or another part of the same one, is mounted at `path`. */
int rlra_disk_is_mounted(const char *path);

/* Whether there are rights beyond those of owner and group (an access control list), or attributes set by a user. */
int rlra_disk_has_own_rights(int fd);

/* Lock a file or folder for the descriptor, against others in this and other processes; returns 0 if it is locked or the file
 * system has no locks, -1 if another holds it. */
int rlra_disk_lock(int fd);

#endif
