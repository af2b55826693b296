/* report/curves.h: sections made of line charts: the factors, and how the fit went. */
#ifndef RLRA_REPORT_CURVES_H
#define RLRA_REPORT_CURVES_H

#include "report/html.h"
#include "rlra/report.h"

/* Each factor as lines, but the pixel factor of a scene. */
rlra_status rlra_factors_write(html *out, const rlra_page *page);

/* Objective above the best seen, relative error and KKT residual against sweeps. */
rlra_status rlra_convergence_write(html *out, const rlra_page *page);

#endif
