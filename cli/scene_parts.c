/* cli/scene_parts.c: bands and pixels of a scene that are left out: bad ones, masked ones, those without data. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "text.h"

/* What stands between the numbers of a list. */
static const char between[] = ", \t\r\n;";

/* A band number at *at, which moves on; 0 where there is none. */
static int64_t read_number(const char **at)
{
    char *end = NULL;
    const long long number = isdigit((unsigned char)**at) ? strtoll(*at, &end, 10) : 0;
    if (number > 0)
        *at = end;
    return number;
}

/* Strike out the bands of a list; the place where it is no list, or NULL. */
static const char *strike_list(const char *list, int64_t bands, unsigned char *use)
{
    for (const char *at = list + strspn(list, between); *at != '\0'; at += strspn(at, between)) {
        const char *const begin = at;
        const int64_t first = read_number(&at);
        int64_t last = first;
        if (*at == '-') {
            ++at;
            last = read_number(&at);
        }
        if (first < 1 || last < first || last > bands || (*at != '\0' && strchr(between, *at) == NULL))
            return begin;
        memset(use + first - 1, 0, (size_t)(last - first + 1));
    }
    return NULL;
}

/* The text of a file, or NULL where there is none of that name. */
static char *read_text(const char *path)
{
    FILE *const file = fopen(path, "r");
    textbuf text = {NULL, 0, 0};
    char line[512];
    if (file == NULL)
        return NULL;
    while (fgets(line, sizeof line, file) != NULL)
        text_add(&text, "%s", line);
    fclose(file);
    return text.bytes == NULL ? cli_format("%s", "") : text.bytes;
}

/* What is no list is the name of a file that holds one. */
int scene_strike_bands(const char *list, int64_t bands, unsigned char *use)
{
    unsigned char *const flags = cli_alloc((size_t)bands + 1, 1);
    memcpy(flags, use, (size_t)bands);
    const char *wrong = strike_list(list, bands, flags);
    char *const text = wrong == NULL ? NULL : read_text(list);
    if (text != NULL) {
        memcpy(flags, use, (size_t)bands);
        wrong = strike_list(text, bands, flags);
    }
    const int code = wrong == NULL ? EXIT_OK
                                   : run_error("--bad-bands %s: expected numbers from 1 to %" PRId64
                                               " and ranges such as 1-3,104-113, or a file of them; '%.*s' is none",
                                               list, bands, (int)strcspn(wrong, between), wrong);
    if (code == EXIT_OK)
        memcpy(use, flags, (size_t)bands);
    free(text);
    free(flags);
    return code;
}

/* The list of the header: 0 marks a bad band. */
static void strike_marked(const run *r, scene *s)
{
    const char *at = rlra_dataset_attribute(r->dataset, "bbl");
    double *const marks = cli_alloc((size_t)s->bands + 1, sizeof *marks);
    int64_t count = 0;
    for (; at != NULL && *at != '\0' && count <= s->bands; ++count) {
        char *end = NULL;
        const double mark = strtod(at, &end);
        if (end == at)
            break;
        if (count < s->bands)
            marks[count] = mark;
        at = end + strspn(end, ", \t\n");
    }
    for (int64_t b = 0; count == s->bands && b < s->bands; ++b)
        s->use_band[b] = s->use_band[b] && marks[b] != 0.0;
    free(marks);
}

static int strike_bands(const run *r, scene *s)
{
    const char *const asked = r->asked->bad_bands;
    int code = EXIT_OK;
    if (asked == NULL || strcmp(asked, "none") != 0)
        strike_marked(r, s);
    if (asked != NULL && strcmp(asked, "none") != 0)
        code = scene_strike_bands(asked, s->bands, s->use_band);
    for (int64_t b = 0; b < s->bands; ++b)
        s->bad += !s->use_band[b];
    return code;
}

/* A mask that keeps little and hides numbers may be the other way round: the library's rule for entries, all bands alike. */
static int ask_meaning(const run *r, const scene *s)
{
    const int64_t pixels = s->height * s->width, dims[] = {s->bands, pixels};
    double *const values = cli_alloc((size_t)pixels + 1, sizeof *values);
    for (int64_t p = 0; p < pixels; ++p)
        values[p] = s->use_pixel[p];
    rlra_array mask = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, values);
    mask.strides[0] = 0;
    const rlra_status status = rlra_mask_check(r->context, &s->matrix, &mask, RLRA_MISSING_NAN);
    free(values);
    return status == RLRA_OK ? EXIT_OK : run_fail(r, status, r->asked->mask);
}

/* A mask: height x width, or a list in the order of the pixels. */
static int strike_pixels(const run *r, scene *s)
{
    const double used = r->asked->mask_means != NULL && strcmp(r->asked->mask_means, "missing") == 0 ? 0.0 : 1.0;
    rlra_dataset *dataset = NULL;
    char dims[128];
    if (r->asked->mask == NULL)
        return EXIT_OK;
    int code = input_read(r, r->asked->mask, 1, 2, &input_doubles, &dataset);
    if (code != EXIT_OK)
        return code;
    rlra_array mask = *rlra_dataset_array(dataset);
    if (!scene_fits_image(s, &mask)) {
        code = run_error("--mask %s: the mask is %s, the scene is %" PRId64 " x %" PRId64, r->asked->mask,
                         print_dims(mask.order, mask.dims, dims, sizeof dims), s->height, s->width);
    }
    for (int64_t p = 0; code == EXIT_OK && p < s->height * s->width; ++p) {
        const double reported = scene_image_at(s, &mask, p);
        const double value = isnan(reported) ? 0.0 : reported;
        if (value != 0.0 && value != 1.0)
            code = run_error("--mask %s: a mask holds 1 where a pixel is used and 0 where it is not, not %g",
                             r->asked->mask, value);
        s->use_pixel[p] = value == used;
        s->masked += value != used;
    }
    rlra_dataset_destroy(dataset);
    return code == EXIT_OK && r->asked->mask_means == NULL ? ask_meaning(r, s) : code;
}

static int read_ignored(const run *r, double *value)
{
    const char *const text = r->asked->ignore_value;
    char *end = NULL;
    *value = text == NULL ? NAN : strtod(text, &end);
    return text == NULL || (end != text && *end == '\0')
               ? EXIT_OK
               : usage_error(r->asked->about, "--ignore-value needs a number, got '%s'", text);
}

/* A number that stands for no data and that no entry is: often one from before the header's scale was applied. */
static void report_unused(const run *r)
{
    char *const note =
        cli_format("none of the entries used is %s (--ignore-value); it is compared to numbers as rlra info "
                   "shows them, after gains, offsets and scale of a header",
                   r->asked->ignore_value);
    input_report(r, r->asked->data[r->asked->data_count - 1], note);
    free(note);
}

/* The entries of what is used, side by side: pixel by pixel where those of the scene are, else band by band. */
static void pack(scene *s)
{
    const size_t bytes = (size_t)rlra_dtype_bytes(s->matrix.dtype);
    const int64_t bands = s->survey.bands, pixels = s->survey.pixels;
    const int by_pixels = s->matrix.strides[0] < s->matrix.strides[1];
    char *to = s->packed = cli_alloc((size_t)(bands * pixels) + 1, bytes);
    for (int64_t o = 0; o < s->matrix.dims[by_pixels]; ++o)
        for (int64_t i = 0; (by_pixels ? s->use_pixel : s->use_band)[o] && i < s->matrix.dims[!by_pixels]; ++i) {
            if (!(by_pixels ? s->use_band : s->use_pixel)[i])
                continue;
            const int64_t at = o * s->matrix.strides[by_pixels] + i * s->matrix.strides[!by_pixels];
            memcpy(to, (const char *)s->matrix.data + at * (int64_t)bytes, bytes);
            to += bytes;
        }
    const int64_t dims[] = {by_pixels ? pixels : bands, by_pixels ? bands : pixels};
    s->used = rlra_array_contiguous(s->matrix.dtype, 2, dims, s->packed);
    if (by_pixels)
        s->used = rlra_array_permuted(&s->used, (const int[]){1, 0});
}

int scene_select(const run *r, scene *s)
{
    double ignored = NAN;
    int code = read_ignored(r, &ignored);
    if (code == EXIT_OK)
        code = strike_bands(r, s);
    if (code == EXIT_OK)
        code = strike_pixels(r, s);
    if (code != EXIT_OK)
        return code;
    const rlra_status status = rlra_unmix_find(r->context, &s->matrix, isnan(ignored) ? NULL : &ignored, s->use_band,
                                               s->use_pixel, &s->survey);
    if (status != RLRA_OK)
        return run_fail(r, status, r->asked->data[r->asked->data_count - 1]);
    if (!isnan(ignored) && s->survey.ignored_entries == 0)
        report_unused(r);
    s->is_partial = s->survey.bands < s->bands || s->survey.pixels < s->matrix.dims[1];
    s->used = s->matrix;
    s->pixel_of = cli_alloc((size_t)s->survey.pixels, sizeof *s->pixel_of);
    for (int64_t p = 0, q = 0; p < s->matrix.dims[1]; ++p)
        if (s->use_pixel[p])
            s->pixel_of[q++] = p;
    if (s->is_partial)
        pack(s);
    return EXIT_OK;
}

static void add_bands(textbuf *t, const scene *s)
{
    const char *separator = ": ";
    for (int64_t b = 0; b < s->bands; ++b) {
        int64_t end = b;
        if (s->use_band[b])
            continue;
        while (end + 1 < s->bands && !s->use_band[end + 1])
            ++end;
        text_add(t, "%s%" PRId64, separator, b + 1);
        if (end > b)
            text_add(t, "-%" PRId64, end + 1);
        separator = ", ";
        b = end;
    }
}

char *scene_report(const scene *s)
{
    const rlra_unmix_survey *const found = &s->survey;
    textbuf t = {NULL, 0, 0};
    if (found->bands < s->bands) {
        text_add(&t, "  bands           %" PRId64 " of %" PRId64 " left out", s->bands - found->bands, s->bands);
        add_bands(&t, s);
        if (found->empty_bands > 0)
            text_add(&t, " (%" PRId64 " hold no data)", found->empty_bands);
        text_add(&t, "\n");
    }
    if (found->pixels < s->matrix.dims[1]) {
        text_add(&t, "  pixels          %" PRId64 " of %" PRId64 " hold no data", found->missing_pixels,
                 s->matrix.dims[1]);
        if (found->partial_pixels > 0)
            text_add(&t, ", %" PRId64 " of them in some bands only", found->partial_pixels);
        if (s->masked > 0)
            text_add(&t, "; %" PRId64 " are masked", s->masked);
        text_add(&t, "\n");
    }
    return t.bytes;
}

void scene_spread(const unsigned char *used, const rlra_array *from, const rlra_array *to)
{
    for (int64_t k = 0; k < to->dims[1]; ++k)
        for (int64_t i = 0, next = 0; i < to->dims[0]; ++i) {
            const double value = used[i] ? rlra_array_get(from, (const int64_t[]){next++, k}) : NAN;
            const int64_t at = i * to->strides[0] + k * to->strides[1];
            if (to->dtype == RLRA_DTYPE_F32)
                ((float *)to->data)[at] = (float)value;
            else
                ((double *)to->data)[at] = value;
        }
}
