/* io/folder.h: the inside of a folder of results, and what clears away what killed programs left. */
#ifndef RLRA_IO_FOLDER_H
#define RLRA_IO_FOLDER_H

#include "core/check.h"
#include "core/context.h"
#include "rlra/folder.h"

struct rlra_folder {
    rlra_context *context;
    const char *path; /* borrowed; as the user gave it */
    const char *const *names;
    char *target; /* absolute, with links followed */
    char *stage;  /* NULL: not made yet */
    int lock;     /* on the folder that is at `target` */
    int stage_lock;
    int was_made; /* by rlra_folder_open() */
    int beside;   /* the stage stands beside the folder, not in it */
};

/* DIRECTORY/NAME, freed by rlra_free(); NULL: no memory. */
char *rlra_path_join(rlra_context *context, const char *folder, const char *name);

/* The folder above, "." where the path has none, freed by rlra_free(); NULL: no memory. */
char *rlra_path_parent(rlra_context *context, const char *path);

/* Whether `name` is one of the files of a result. */
int rlra_folder_owns(const rlra_folder *folder, const char *name);

/* Remove a folder that is no longer the result: files of a result, and names that the target has as well, go; what belongs to
 * somebody else moves to the target. What cannot be moved stays where it is: then returns the reason, a code of errno, else 0. */
int rlra_folder_retire(const rlra_folder *folder, const char *old);

/* Retire all stages of the target whose programs are gone, and remove files that were not completed. */
void rlra_folder_sweep(const rlra_folder *folder);

#endif
