/* report/chart.c: write a chart: figure, still picture, data, legend. */
#include "report/chart.h"

#include <math.h>
#include <stdio.h>

/* Sizes of the still picture, in its own units. */
enum { WIDTH = 760, HEIGHT = 300, LEFT = 64, RIGHT = 12, TOP = 10, BOTTOM = 44, MOST_TICKS = 16 };

typedef struct scale {
    double low, high; /* range of values, or of their decimal logarithms */
    double from, to;  /* range on the page                         */
    int logarithmic;
} scale;

static int drawable(const scale *s, double value)
{
    return isfinite(value) && (!s->logarithmic || value > 0.0);
}

static double place(const scale *s, double value)
{
    const double v = s->logarithmic ? log10(value) : value;
    return s->from + (s->to - s->from) * (v - s->low) / (s->high - s->low);
}

static scale fit_scale(const double *values, int64_t count, int logarithmic, double from, double to)
{
    scale s = {INFINITY, -INFINITY, from, to, logarithmic};
    for (int64_t i = 0; i < count; i++) {
        if (!drawable(&s, values[i]))
            continue;
        const double v = logarithmic ? log10(values[i]) : values[i];
        s.low = fmin(s.low, v);
        s.high = fmax(s.high, v);
    }
    if (s.low > s.high) {
        s.low = 0.0;
        s.high = 1.0;
    }
    if (!(s.high - s.low > 0.0)) {
        const double half = s.low == 0.0 ? 1.0 : 0.5 * fabs(s.low);
        s.low -= half;
        s.high += half;
    }
    return s;
}

/* Steps of 1, 2 or 5 times a power of ten that give about `wanted` ticks. */
static double tick_step(double span, int wanted)
{
    const double raw = span / wanted, power = pow(10.0, floor(log10(raw))), lead = raw / power;
    return power * (lead < 1.5 ? 1.0 : lead < 3.5 ? 2.0 : lead < 7.5 ? 5.0 : 10.0);
}

static void add_tick(html *page, const scale *s, double at, int vertical, const char *anchor, const char *text)
{
    const double p = s->from + (s->to - s->from) * (at - s->low) / (s->high - s->low);
    rlra_html_raw(page, vertical ? "<path class=\"grid\" d=\"M64 " : "<path class=\"grid\" d=\"M");
    rlra_html_real(page, p, 5, "0");
    rlra_html_raw(page, vertical ? "H748\"/><text x=\"58\" dy=\".35em\" y=\"" : " 256v5\"/><text y=\"274\" x=\"");
    rlra_html_real(page, p, 5, "0");
    rlra_html_raw(page, "\" text-anchor=\"");
    rlra_html_raw(page, anchor);
    rlra_html_raw(page, "\">");
    if (text != NULL)
        rlra_html_text(page, text);
    else
        rlra_html_label(page, s->logarithmic ? pow(10.0, at) : at, 4);
    rlra_html_raw(page, "</text>");
}

/* Add the ticks of an axis; powers of ten and counts have none between whole numbers. */
static void add_axis(html *page, const scale *s, int vertical, int whole)
{
    double step = tick_step(s->high - s->low, vertical ? 5 : 8);
    if (whole)
        step = fmax(1.0, ceil(step));
    const double first = ceil(s->low / step);
    for (int i = 0; i < MOST_TICKS && (first + i) * step <= s->high; i++)
        add_tick(page, s, (first + i) * step, vertical, vertical ? "end" : "middle", NULL);
}

void rlra_chart_tone(html *page, int64_t k)
{
    rlra_html_raw(page, "c");
    rlra_html_integer(page, k % CHART_COLOURS + 1);
    rlra_html_raw(page, " d");
    rlra_html_integer(page, k / CHART_COLOURS % 3);
}

static void add_line(html *page, const chart *c, const scale *x, const scale *y, int64_t k)
{
    const double *const values = c->y + k * c->count;
    int drawing = 0;
    rlra_html_raw(page, "<path class=\"line ");
    rlra_chart_tone(page, k);
    rlra_html_raw(page, "\" d=\"");
    for (int64_t i = 0; i < c->count; i++) {
        const int visible = drawable(y, values[i]) && isfinite(c->x[i]);
        if (visible) {
            rlra_html_raw(page, drawing ? " " : "M");
            rlra_html_real(page, place(x, c->x[i]), 4, "0");
            rlra_html_raw(page, " ");
            rlra_html_real(page, place(y, values[i]), 4, "0");
            /* A line of length zero still shows as a dot, by its round caps. */
            rlra_html_raw(page, drawing ? "" : "h0L");
            if (!drawing) {
                rlra_html_real(page, place(x, c->x[i]), 4, "0");
                rlra_html_raw(page, " ");
                rlra_html_real(page, place(y, values[i]), 4, "0");
            }
        }
        drawing = visible;
    }
    rlra_html_raw(page, "\"/>");
}

static int all_whole(const double *values, int64_t count)
{
    int whole = 1;
    for (int64_t i = 0; i < count; i++)
        whole = whole && values[i] == floor(values[i]);
    return whole;
}

static void add_picture(html *page, const chart *c)
{
    const scale x = fit_scale(c->x, c->count, 0, LEFT, WIDTH - RIGHT);
    scale y = fit_scale(c->y, c->count * c->series, c->logarithmic, HEIGHT - BOTTOM, TOP);
    if (!c->logarithmic && y.low > 0.0)
        y.low = 0.0;
    rlra_html_raw(page, "<svg viewBox=\"0 0 760 300\" role=\"img\" aria-label=\"");
    rlra_html_text(page, c->title);
    rlra_html_raw(page, "\">");
    const int labelled = c->labels != NULL && c->count <= CHART_MOST_LABELS;
    for (int64_t i = 0; labelled && i < c->count; i++)
        add_tick(page, &x, c->x[i], 0, "middle", c->labels[i]);
    if (!labelled)
        add_axis(page, &x, 0, all_whole(c->x, c->count));
    add_axis(page, &y, 1, c->logarithmic);
    rlra_html_raw(page, "<text class=\"label\" x=\"406\" y=\"295\" text-anchor=\"middle\">");
    rlra_html_text(page, c->x_label);
    rlra_html_raw(page, "</text>");
    for (int64_t k = 0; k < c->series; k++)
        add_line(page, c, &x, &y, k);
    rlra_html_raw(page, "</svg>");
}

static void add_numbers(html *page, const double *values, int64_t count, int digits)
{
    rlra_html_raw(page, "[");
    for (int64_t i = 0; i < count; i++) {
        rlra_html_raw(page, i == 0 ? "" : ",");
        rlra_html_real(page, values[i], digits, "null");
    }
    rlra_html_raw(page, "]");
}

static void add_data(html *page, const chart *c)
{
    rlra_html_raw(page, "<script type=\"application/json\">{\"title\":");
    rlra_html_string(page, c->title);
    rlra_html_raw(page, ",\"xLabel\":");
    rlra_html_string(page, c->x_label);
    rlra_html_raw(page, ",\"yLabel\":");
    rlra_html_string(page, c->y_label);
    rlra_html_raw(page, c->logarithmic ? ",\"log\":true,\"x\":" : ",\"log\":false,\"x\":");
    add_numbers(page, c->x, c->count, 9);
    rlra_html_raw(page, ",\"y\":[");
    for (int64_t k = 0; k < c->series; k++) {
        rlra_html_raw(page, k == 0 ? "" : ",");
        add_numbers(page, c->y + k * c->count, c->count, 5);
    }
    rlra_html_raw(page, "]");
    for (int64_t i = 0; c->labels != NULL && i < c->count; i++) {
        rlra_html_raw(page, i == 0 ? ",\"labels\":[" : ",");
        rlra_html_string(page, c->labels[i]);
    }
    rlra_html_raw(page, c->labels != NULL && c->count > 0 ? "]}</script>" : "}</script>");
}

void rlra_chart_name(html *page, const char *const *names, int64_t k)
{
    if (names != NULL && names[k] != NULL && names[k][0] != '\0') {
        rlra_html_text(page, names[k]);
        return;
    }
    rlra_html_raw(page, "Component ");
    rlra_html_integer(page, k + 1);
}

static void add_legend(html *page, const chart *c)
{
    rlra_html_raw(page, c->series > 1 ? "<div class=\"legend\">" : "<div class=\"legend\" hidden>");
    for (int64_t k = 0; k < c->series; k++) {
        rlra_html_raw(page,
                      "<button type=\"button\" aria-pressed=\"true\"><svg viewBox=\"0 0 22 8\" aria-hidden=\"true\">"
                      "<path class=\"line ");
        rlra_chart_tone(page, k);
        rlra_html_raw(page, "\" d=\"M1 4H21\"/></svg><span>");
        rlra_chart_name(page, c->names, k);
        rlra_html_raw(page, "</span></button>");
    }
    rlra_html_raw(page, "</div>");
}

void rlra_chart_write(html *page, const chart *c)
{
    rlra_html_raw(page, "<div class=\"chart\">");
    add_legend(page, c);
    rlra_html_raw(page, "<p class=\"unit\">");
    rlra_html_text(page, c->y_label);
    rlra_html_raw(page, "</p><div class=\"plot\">");
    add_picture(page, c);
    rlra_html_raw(page, "</div>");
    add_data(page, c);
    rlra_html_raw(page, "</div>\n");
}

int64_t rlra_chart_block(int64_t count)
{
    if (count <= CHART_MOST_PLACES)
        return 1;
    const int64_t blocks = CHART_MOST_PLACES / 2;
    return (count + blocks - 1) / blocks;
}

int64_t rlra_chart_place(int64_t count, int64_t kept)
{
    const int64_t block = rlra_chart_block(count);
    if (block == 1)
        return kept;
    const int64_t begin = kept / 2 * block, end = begin + block < count ? begin + block : count;
    return kept % 2 == 0 ? begin : begin + (end - begin) / 2;
}

int64_t rlra_chart_thin(const double *values, int64_t count, double *out)
{
    const int64_t block = rlra_chart_block(count);
    int64_t kept = 0;
    for (int64_t begin = 0; begin < count; begin += block) {
        const int64_t end = begin + block < count ? begin + block : count;
        int64_t least = begin, most = begin;
        for (int64_t i = begin + 1; i < end; i++) {
            /* A NaN at first is replaced by any number. */
            least = values[i] < values[least] || isnan(values[least]) ? i : least;
            most = values[i] > values[most] || isnan(values[most]) ? i : most;
        }
        out[kept++] = values[least < most ? least : most];
        if (block > 1)
            out[kept++] = values[least < most ? most : least];
    }
    return kept;
}
