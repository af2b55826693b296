/* io/folder.h: the structure of a folder of results, and cleaning up after killed programs. */
#ifndef RLRA_IO_FOLDER_H
#define RLRA_IO_FOLDER_H

#include "core/check.h"
#include "core/context.h"
#include "rlra/folder.h"

struct rlra_folder {
    rlra_context *context;
    const char *path; /* borrowed; as given by the user */
    const char *const *names;
    char *target; /* absolute, with links followed */
    char *stage;  /* NULL: not yet created */
    int lock;     /* lock on the folder at `target` */
    int stage_lock;
    int was_made; /* created by rlra_folder_open() */
    int beside;   /* the stage is next to the folder, not in it */
};

/* DIRECTORY/NAME, freed by rlra_free(); NULL: out of memory. */
char *rlra_path_join(rlra_context *context, const char *folder, const char *name);

/* The parent folder, "." if the path has none, freed by rlra_free(); NULL: out of memory. */
char *rlra_path_parent(rlra_context *context, const char *path);

/* Whether `name` is one of the files of a result. */
int rlra_folder_owns(const rlra_folder *folder, const char *name);

/* Remove a folder that is no longer the result: files of a result, and those that the target has as well, are removed; other
 * files move to the target. Returns 0, or a code of errno if something could not be moved and stays. */
int rlra_folder_retire(const rlra_folder *folder, const char *old);

/* Retire all stages of the target whose programs have ended, and remove incomplete files. */
void rlra_folder_sweep(const rlra_folder *folder);

#endif
