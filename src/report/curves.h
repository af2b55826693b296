/* report/curves.h: sections made of line charts: the factors, and the progress of the fit. */
#ifndef RLRA_REPORT_CURVES_H
#define RLRA_REPORT_CURVES_H

#include "report/html.h"
#include "rlra/report.h"

/* Write each factor as lines, except the pixel factor of a scene. */
rlra_status rlra_factors_write(html *out, const rlra_page *page);

/* Write objective (less its best value), relative error and KKT residual against sweeps. */
rlra_status rlra_convergence_write(html *out, const rlra_page *page);

#endif
