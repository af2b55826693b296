/* io/disk.h: every change that the library makes to the file system, in one place: there a test can let the N-th of them fail.
 *
 * All return -1 and set errno where they fail, and go on after an interruption by a signal. */
#ifndef RLRA_IO_DISK_H
#define RLRA_IO_DISK_H

#include <stddef.h>
#include <sys/types.h>

/* A new file, for writing; fails where there is one. Never descriptor 0 to 2, which others take for the terminal. */
int rlra_disk_create(const char *path);

/* The file, for reading and writing, made if it is not there; for locks. */
int rlra_disk_open_lock(const char *path);

/* A file without a name in a folder, for writing and reading, gone with its descriptor. */
int rlra_disk_create_nameless(const char *folder);

/* All bytes, or failure. */
int rlra_disk_write(int fd, const void *bytes, size_t size);

int rlra_disk_sync(int fd);
int rlra_disk_close(int fd);

/* Bring the entries of a folder to the disk. Some file systems cannot, which is no failure. */
void rlra_disk_sync_folder(const char *path);

int rlra_disk_rename(const char *from, const char *to);

/* Two names for each other's files or folders, in one step; EINVAL or ENOSYS where the file system cannot. */
int rlra_disk_exchange(const char *one, const char *other);

int rlra_disk_link(const char *path, const char *other);
int rlra_disk_unlink(const char *path);
int rlra_disk_unlink_at(int folder, const char *name);
int rlra_disk_make_folder(const char *path);
int rlra_disk_remove_folder(const char *path);
int rlra_disk_set_mode(const char *path, mode_t mode);
int rlra_disk_set_owner(const char *path, uid_t owner, gid_t group);

/* Whether another file system, or another place of the same one, is mounted there. */
int rlra_disk_is_mounted(const char *path);

/* Whether there are rights beyond those of owner and group (an access control list), or attributes that a user gave it. */
int rlra_disk_has_own_rights(int fd);

/* The lock of a file or folder, held by the descriptor, within a process as between several; 0 where it was had or where the file
 * system knows no locks, -1 where another holds it. */
int rlra_disk_lock(int fd);

#endif
