/* rlra/folder.h: a folder whose files are one result: replaced together, or not at all. */
#ifndef RLRA_FOLDER_H
#define RLRA_FOLDER_H

#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A folder that this process alone writes to. */
typedef struct rlra_folder rlra_folder;

/**
 * Make a folder, and those above it, if it is not there, and keep other programs of this library from writing to it until it is
 * closed. What a killed program left half written in it or beside it is removed.
 *
 * @param[in] names  the names of the files of a result, ended by NULL, borrowed: a commit replaces all of them, and takes away
 *                   those that the new result does not have. Other files of the folder stay
 * @param[out] folder  NULL on error
 * @retval RLRA_ERR_FILE  cannot be made or written, is no folder, or another program writes to it
 */
RLRA_API rlra_status rlra_folder_open(rlra_context *context, const char *path, const char *const *names,
                                      rlra_folder **folder);

/** Where the files of the next result are to be written, made by the first call; NULL on error, with a message. Whatever stands
 * there becomes the result by rlra_folder_commit(). */
RLRA_API const char *rlra_folder_stage(rlra_folder *folder);

/**
 * Put the files of the stage in the place of those that are there, in one step: readers, and a computer that is switched off,
 * sees the old result or the new one. A folder that was removed in the meantime is made again. Where the file system cannot swap
 * folders, where the folder is the current one, a mount point, or the one above it cannot be written, the files are replaced one
 * after the other, in the order of `names`.
 *
 * @retval RLRA_ERR_FILE  the old result, if any, is as it was
 */
RLRA_API rlra_status rlra_folder_commit(rlra_folder *folder);

/** Whether the folder holds a result: any of the files. */
RLRA_API int rlra_folder_has_result(const rlra_folder *folder);

/** Let others write to it. Removes the stage and, if rlra_folder_open() made the folder and it is empty, the folder. NULL is
 * fine. */
RLRA_API void rlra_folder_close(rlra_folder *folder);

#ifdef __cplusplus
}
#endif
#endif
