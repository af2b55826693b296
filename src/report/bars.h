/* report/bars.h: a section of small bar charts, such as the words of topics. */
#ifndef RLRA_REPORT_BARS_H
#define RLRA_REPORT_BARS_H

#include "report/html.h"
#include "rlra/report.h"

/* Write the section, if the page has bars. */
void rlra_bars_write(html *out, const rlra_page *page);

#endif
