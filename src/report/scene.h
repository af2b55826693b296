/* report/scene.h: pictures of a scene: composite, abundance maps, residual map. */
#ifndef RLRA_REPORT_SCENE_H
#define RLRA_REPORT_SCENE_H

#include "report/html.h"
#include "rlra/report.h"

/* Refuse a scene that does not fit its cube or the model. */
rlra_status rlra_scene_check(rlra_context *context, const rlra_page *page);

/* The sections "Scene" (composite, residual) and "Abundance maps", each left out if there is nothing to show. */
rlra_status rlra_scene_write(html *out, const rlra_page *page);
rlra_status rlra_abundances_write(html *out, const rlra_page *page);

/* The wavelengths if all are finite, so that they can be an axis; else NULL. */
const double *rlra_scene_wavelengths(const rlra_page_scene *scene, int64_t bands);

#endif
