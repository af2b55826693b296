/* rlra/folder.h: a folder whose files are one result, and are replaced together or not at all. */
#ifndef RLRA_FOLDER_H
#define RLRA_FOLDER_H

#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A folder that only this process writes to. */
typedef struct rlra_folder rlra_folder;

/**
 * Open a folder, which is created with its parents if it does not exist, and keep other programs with this library from writing
 * to it until it is closed. Incomplete files that a killed program left in it or next to it are removed.
 *
 * @param[in] names  the names of the files of a result, ending with NULL, borrowed: a commit replaces all of them, and removes
 *                   those that the new result does not have. Other files of the folder stay
 * @param[out] folder  NULL on error
 * @retval RLRA_ERR_FILE  it cannot be created or written, is no folder, or another program writes to it
 */
RLRA_API rlra_status rlra_folder_open(rlra_context *context, const char *path, const char *const *names,
                                      rlra_folder **folder);

/** The folder for the files of the next result, created by the first call; NULL on error, with a message. rlra_folder_commit()
 * makes its contents the result. */
RLRA_API const char *rlra_folder_stage(rlra_folder *folder);

/**
 * Replace the current files by those of the stage in one step: readers, also after a power failure, see the old result or the
 * new one. A folder that was removed in the meantime is created again. If the file system cannot swap folders, or the folder is
 * the working directory or a mount point, or its parent cannot be written, the files are replaced one after the other, in the
 * order of `names`.
 *
 * @retval RLRA_ERR_FILE  the old result, if any, is unchanged
 */
RLRA_API rlra_status rlra_folder_commit(rlra_folder *folder);

/** Whether the folder has any of the files of a result. */
RLRA_API int rlra_folder_has_result(const rlra_folder *folder);

/** Close a folder, so that others can write to it. Removes the stage and, if rlra_folder_open() created the folder and it is
 * empty, the folder. NULL is allowed. */
RLRA_API void rlra_folder_close(rlra_folder *folder);

#ifdef __cplusplus
}
#endif
#endif
