/* io/checkpoint_folder.h: a folder for checkpoints, used by one process at a time. */
#ifndef RLRA_IO_CHECKPOINT_FOLDER_H
#define RLRA_IO_CHECKPOINT_FOLDER_H

#include "core/check.h"
#include "core/context.h"

/* Create the folder if it does not exist, lock it and remove incomplete files of killed processes; `*lock` is a descriptor. */
rlra_status rlra_checkpoint_folder_open(rlra_context *context, const char *folder, int *lock);

/* Release the lock; -1 is allowed. */
void rlra_checkpoint_folder_close(int lock);

/* FOLDER/start-NUMBER.ENDING, freed by rlra_free(); NULL: out of memory. */
char *rlra_checkpoint_path(rlra_context *context, const char *folder, int number, const char *ending);

/* Whether there is a file of any kind. */
int rlra_checkpoint_exists(const char *path);

#endif
