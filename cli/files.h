/* cli/files.h: the files that a command reads and writes. */
#ifndef RLRA_CLI_FILES_H
#define RLRA_CLI_FILES_H

#include "request.h"

/* Refuse outputs that are inputs, or each other, before a byte is written: files are compared by device and inode, so that links
 * and other spellings do not matter. `folder`: of results, or NULL; `file`: the one that --out names, or NULL. */
int files_check(const request *asked, const char *folder, const char *file);

/* The folder that a file is in, "." where its path names none; freed with free(). */
char *files_folder_of(const char *path);

#endif
