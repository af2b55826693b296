/* report/page.c: write the whole page: head, sections in reading order, scripts. */
#include <string.h>

#include "core/check.h"
#include "core/number.h"
#include "report/asset.h"
#include "report/bars.h"
#include "report/curves.h"
#include "report/html.h"
#include "report/scene.h"
#include "rlra/io.h"
#include "rlra/report.h"

/* Values with more bytes take two places of the summary. */
#define WIDE_VALUE 20

/* The policy makes the browser refuse to load anything from elsewhere. */
static const char head[] = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
                           "style-src 'unsafe-inline'; "
                           "script-src 'unsafe-inline'\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                           "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";

static void add_head(html *out, const rlra_page *page)
{
    const char *const title = page->title == NULL || page->title[0] == '\0' ? "Low-rank approximation" : page->title;
    rlra_html_raw(out, head);
    rlra_html_text(out, title);
    rlra_html_raw(out, "</title>\n<style>\n");
    rlra_html_bytes(out, rlra_asset_style, rlra_asset_style_bytes);
    rlra_html_raw(out, "</style>\n</head>\n<body>\n<main>\n<header><h1>");
    rlra_html_text(out, title);
    rlra_html_raw(out, "</h1>");
    if (page->subtitle != NULL && page->subtitle[0] != '\0') {
        rlra_html_raw(out, "<p>");
        rlra_html_text(out, page->subtitle);
        rlra_html_raw(out, "</p>");
    }
    rlra_html_raw(out, "</header>\n");
}

static void add_rows(html *out, const char *class, const rlra_page_row *rows, int count)
{
    rlra_html_raw(out, "<dl class=\"");
    rlra_html_raw(out, class);
    rlra_html_raw(out, "\">\n");
    for (int i = 0; i < count; i++) {
        const int wide = rows[i].value != NULL && strlen(rows[i].value) > WIDE_VALUE;
        rlra_html_raw(out, wide ? "<div class=\"wide\"><dt>" : "<div><dt>");
        rlra_html_text(out, rows[i].label);
        rlra_html_raw(out, "</dt><dd>");
        rlra_html_text(out, rows[i].value);
        rlra_html_raw(out, "</dd></div>\n");
    }
    rlra_html_raw(out, "</dl>\n");
}

static void add_summary(html *out, const rlra_page *page)
{
    if (page->summary == NULL || page->summary_count < 1)
        return;
    rlra_html_raw(out, "<section id=\"summary\"><h2>Summary</h2>\n");
    add_rows(out, "summary", page->summary, page->summary_count);
    rlra_html_raw(out, "</section>\n");
}

/* Whether a cell is a number, perhaps with a unit or a percent sign, and aligned on the right. */
static int is_numeric(const char *cell)
{
    double ignored;
    if (cell == NULL || cell[0] == '\0')
        return 1;
    const char *const end = rlra_number_read(cell, '.', &ignored);
    return end != NULL && strlen(end) <= 4;
}

static int column_numeric(const rlra_page_table *table, int column)
{
    int numeric = table->rows > 0;
    for (int row = 0; row < table->rows; row++)
        numeric = numeric && is_numeric(table->cells[(size_t)row * (size_t)table->columns + (size_t)column]);
    return numeric;
}

static void add_cell(html *out, const char *tag, int numeric, const char *text)
{
    rlra_html_raw(out, "<");
    rlra_html_raw(out, tag);
    rlra_html_raw(out, numeric ? " class=\"number\">" : ">");
    rlra_html_text(out, text);
    rlra_html_raw(out, "</");
    rlra_html_raw(out, tag);
    rlra_html_raw(out, ">");
}

static void add_table(html *out, const rlra_page_table *table)
{
    rlra_html_raw(out, "<section class=\"table\"><h2>");
    rlra_html_text(out, table->title);
    rlra_html_raw(out, "</h2>\n<div class=\"scroll\" tabindex=\"0\"><table>\n");
    if (table->header != NULL) {
        rlra_html_raw(out, "<thead><tr>");
        for (int column = 0; column < table->columns; column++)
            add_cell(out, "th", column_numeric(table, column), table->header[column]);
        rlra_html_raw(out, "</tr></thead>\n");
    }
    rlra_html_raw(out, "<tbody>\n");
    for (int row = 0; row < table->rows; row++) {
        rlra_html_raw(out, "<tr>");
        for (int column = 0; column < table->columns; column++)
            add_cell(out, "td", column_numeric(table, column),
                     table->cells[(size_t)row * (size_t)table->columns + (size_t)column]);
        rlra_html_raw(out, "</tr>\n");
    }
    rlra_html_raw(out, "</tbody></table></div></section>\n");
}

static void add_tables(html *out, const rlra_page *page)
{
    for (int i = 0; page->tables != NULL && i < page->table_count; i++)
        if (page->tables[i].columns > 0 && page->tables[i].cells != NULL)
            add_table(out, &page->tables[i]);
}

static void add_reproduction(html *out, const rlra_page *page)
{
    const int has_options = page->options != NULL && page->option_count > 0;
    if (page->command == NULL && !has_options)
        return;
    rlra_html_raw(out, "<section id=\"reproduce\"><h2>Reproduce</h2>\n");
    if (page->command != NULL) {
        rlra_html_raw(out, "<div class=\"command\"><pre><code>");
        rlra_html_text(out, page->command);
        rlra_html_raw(out, "</code></pre><button type=\"button\" hidden>Copy</button></div>\n");
    }
    if (has_options) {
        rlra_html_raw(out, "<h3>All options</h3>\n");
        add_rows(out, "options", page->options, page->option_count);
    }
    rlra_html_raw(out, "</section>\n");
}

static void add_end(html *out)
{
    rlra_html_raw(out, "<footer>Made by rlra " RLRA_VERSION ". ");
    rlra_html_raw(out, rlra_asset_vega_bytes > 0 ? "Charts by Vega, inside this page; nothing is loaded from elsewhere."
                                                 : "This build has no Vega, so the charts are still pictures.");
    rlra_html_raw(out, "</footer>\n</main>\n");
    if (rlra_asset_vega_bytes > 0) {
        rlra_html_raw(out, "<script>\n");
        rlra_html_bytes(out, rlra_asset_vega, rlra_asset_vega_bytes);
        rlra_html_raw(out, "</script>\n");
    }
    rlra_html_raw(out, "<script>\n");
    rlra_html_bytes(out, rlra_asset_script, rlra_asset_script_bytes);
    rlra_html_raw(out, "</script>\n</body>\n</html>\n");
}

rlra_status rlra_page_write(rlra_context *context, const rlra_page *page, const char *path)
{
    rlra_status status = RLRA_OK;
    html out;
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    if (page == NULL || path == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a page and a path are needed, got %s",
                         page == NULL ? "no page" : "no path");
    rlra_html_init(&out, context);
    TRY(rlra_scene_check(context, page));
    add_head(&out, page);
    add_summary(&out, page);
    rlra_bars_write(&out, page);
    TRY(rlra_scene_write(&out, page));
    TRY(rlra_factors_write(&out, page));
    TRY(rlra_abundances_write(&out, page));
    TRY(rlra_convergence_write(&out, page));
    add_tables(&out, page);
    add_reproduction(&out, page);
    add_end(&out);
    TRY(rlra_html_status(&out));
    TRY(rlra_file_write_bytes(context, path, out.bytes, out.used));
cleanup:
    rlra_html_clear(&out);
    return status;
}
