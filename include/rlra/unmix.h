/* rlra/unmix.h: pure pixels of a scene as a start, and the scale of endmembers and abundances. */
#ifndef RLRA_UNMIX_H
#define RLRA_UNMIX_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/model.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A scene is a matrix of bands x pixels; factor 0 of its model belongs to the bands (endmembers), factor 1 to the pixels
 * (abundances). */

/* The usable bands and pixels of a scene. */
typedef struct rlra_unmix_survey {
    int64_t bands, pixels;   /* number used */
    int64_t empty_bands;     /* wanted, but not used as no pixel has data in them */
    int64_t missing_pixels;  /* wanted, but not used as they lack data */
    int64_t partial_pixels;  /* missing pixels with data in some of the bands used */
    int64_t ignored_entries; /* entries equal to the number that marks missing data */
} rlra_unmix_survey;

/**
 * Find the bands and pixels of a scene that have data. Entries that are NaN, or equal to `ignored` in double or single
 * precision, are missing; a band is missing if no pixel has data in it, a pixel if it lacks data in any band that is used.
 *
 * @param[in]     scene    bands x pixels, borrowed; any strides
 * @param[in]     ignored  a number that marks missing data, or NULL
 * @param[in,out] bands    one for each band: in: 0 if it is bad, else 1; out: 1 if it is used
 * @param[in,out] pixels   one for each pixel: in: 0 if it is masked, else 1; out: 1 if it is used
 * @param[out]    found    or NULL
 * @retval RLRA_ERR_ARGUMENT  no scene, bands or pixels
 * @retval RLRA_ERR_SHAPE     the scene is no matrix
 * @retval RLRA_ERR_DATA      an entry that would be used is infinite, or nothing can be used; the message has the reason
 * Cost: one pass over the scene; memory: a number for each pixel.
 */
RLRA_API rlra_status rlra_unmix_find(rlra_context *context, const rlra_array *scene, const double *ignored,
                                     unsigned char *bands, unsigned char *pixels, rlra_unmix_survey *found);

/**
 * Fill a model with pure pixels, picked by SNPA (see rlra_separable()), and the abundances of all pixels for them.
 *
 * @param[in]  scene     bands x pixels, borrowed; any strides
 * @param[in]  prior     prior of the endmembers, or NULL: if it excludes negative entries, those of pure pixels become zero
 *                       (corrected reflectances have some, where noise exceeds light)
 * @param[in]  threads   0: all
 * @param[out] model     of the shape of the scene; components beyond `found` are zero
 * @param[out] pixels    room for one number for each component of the model: the pure pixels, `found` of them
 * @param[out] found     fewer than the components of the model if the scene has fewer independent spectra
 * @retval as rlra_separable(); on error the model is unchanged
 */
RLRA_API rlra_status rlra_unmix_start(rlra_context *context, const rlra_array *scene, const char *prior,
                                      int64_t threads, rlra_model *model, int64_t *pixels, int64_t *found);

/**
 * Fix the scale that a factorization leaves open: the purest pixels of each component, the 1 % of the pixels with its largest
 * share of the light, get a median abundance of one. The share of component k in pixel p is
 *     h[p,k] ||w_k|| / sum_j h[p,j] ||w_j||.
 * The values of the model do not change (up to rounding). Components without light do not change.
 *
 * @retval RLRA_ERR_ARGUMENT  no model
 * @retval RLRA_ERR_SHAPE     the order of the model is not 2
 * @retval RLRA_ERR_MEMORY    the model is unchanged
 * Cost: r^2 operations for each pixel; memory: two numbers for each pixel.
 */
RLRA_API rlra_status rlra_unmix_rescale(rlra_context *context, rlra_model *model);

#ifdef __cplusplus
}
#endif
#endif
