/* io/checkpoint_folder.h: a folder for checkpoints, used by one process at a time. */
#ifndef RLRA_IO_CHECKPOINT_FOLDER_H
#define RLRA_IO_CHECKPOINT_FOLDER_H

#include "core/check.h"
#include "core/context.h"

/* Make the folder if it is not there, lock it and remove what a killed process left half written; `*lock` is a descriptor. */
rlra_status rlra_checkpoint_folder_open(rlra_context *context, const char *folder, int *lock);

/* -1 is fine. */
void rlra_checkpoint_folder_close(int lock);

/* FOLDER/start-NUMBER.ENDING, freed by rlra_free(); NULL: no memory. */
char *rlra_checkpoint_path(rlra_context *context, const char *folder, int number, const char *ending);

/* Whether there is a file, of whatever kind. */
int rlra_checkpoint_exists(const char *path);

#endif
