/* report/bars.c: small bar charts, drawn by the style alone: a row for each label, with a length relative to the longest. */
#include "report/bars.h"

#include <math.h>

#define FEWEST_ROWS 5

static double longest_of(const rlra_page_bars *bars)
{
    double longest = 0;
    for (int i = 0; i < bars->count; i++)
        longest = isfinite(bars->values[i]) ? fmax(longest, bars->values[i]) : longest;
    return longest;
}

static void add_row(html *out, const char *label, double value, double longest)
{
    const double part = longest > 0 && value > 0 ? fmin(100 * value / longest, 100) : 0;
    rlra_html_raw(out, "<div><dt>");
    rlra_html_text(out, label);
    rlra_html_raw(out, "</dt><dd><i style=\"width:");
    rlra_html_real(out, part, 4, "0");
    rlra_html_raw(out, "%\"></i></dd><dd>");
    rlra_html_label(out, value, 3);
    rlra_html_raw(out, "</dd></div>\n");
}

/* Charts are placed in a grid; one with many bars takes as many of its rows as charts of `usual` bars would fill. */
static void add_bars(html *out, const rlra_page_bars *bars, int usual)
{
    const double longest = longest_of(bars);
    rlra_html_raw(out, "<figure class=\"bars\" style=\"grid-row:span ");
    rlra_html_integer(out, bars->count > usual ? (bars->count + usual - 1) / usual : 1);
    rlra_html_raw(out, "\"><h3>");
    rlra_html_text(out, bars->title);
    rlra_html_raw(out, "</h3>\n<dl>\n");
    for (int i = 0; i < bars->count; i++)
        add_row(out, bars->labels[i], bars->values[i], longest);
    rlra_html_raw(out, "</dl>\n");
    if (bars->note != NULL && bars->note[0] != '\0') {
        rlra_html_raw(out, "<figcaption>");
        rlra_html_text(out, bars->note);
        rlra_html_raw(out, "</figcaption>");
    }
    rlra_html_raw(out, "</figure>\n");
}

void rlra_bars_write(html *out, const rlra_page *page)
{
    if (page->bars == NULL || page->bars_count < 1)
        return;
    const int last = page->bars[page->bars_count - 1].count, usual = last > FEWEST_ROWS ? last : FEWEST_ROWS;
    rlra_html_raw(out, "<section id=\"bars\"><h2>");
    rlra_html_text(out, page->bars_title == NULL ? "Components" : page->bars_title);
    rlra_html_raw(out, "</h2>\n<div class=\"barsets\">\n");
    for (int i = 0; i < page->bars_count; i++)
        add_bars(out, &page->bars[i], usual);
    rlra_html_raw(out, "</div></section>\n");
}
