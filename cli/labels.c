/* cli/labels.c: a label image of a scene, and what its classes say about the components. */
#include "labels.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define CLASSES_MOST 10000

static int fill(const run *r, const scene *s, const rlra_array *array, labels *l)
{
    const int64_t pixels = s->height * s->width;
    l->of_pixel = cli_alloc((size_t)pixels, sizeof *l->of_pixel);
    for (int64_t p = 0; p < pixels; ++p) {
        const double reported = s->use_pixel[p] ? scene_image_at(s, array, p) : 0.0;
        const double value = isnan(reported) ? 0.0 : reported; /* images of classes often have 0 for no data */
        if (!(value >= 0.0 && value <= CLASSES_MOST) || value != floor(value))
            return run_error("--labels %s: labels are whole numbers from 0 to %d, pixel %" PRId64 " has %g",
                             r->asked->labels, CLASSES_MOST, p, value);
        l->of_pixel[p] = (int32_t)value;
        if (l->of_pixel[p] > l->classes)
            l->classes = l->of_pixel[p];
    }
    l->pixels = cli_alloc((size_t)l->classes + 1, sizeof *l->pixels);
    for (int64_t p = 0; p < pixels; ++p)
        ++l->pixels[l->of_pixel[p]];
    return l->classes > 0 ? EXIT_OK : run_error("--labels %s: no pixel has a label", r->asked->labels);
}

/* Lines "NUMBER NAME" or "NAME", which counts from 1. */
static int read_names(const run *r, labels *l)
{
    char *text = NULL;
    const rlra_status status = rlra_file_read_text(r->context, r->asked->label_names, &text);
    if (status != RLRA_OK)
        return run_fail(r, status, "--label-names");
    char *line = text;
    text_end_lines(text);
    for (long number = 1; *line != '\0'; ++number) {
        const size_t length = strcspn(line, "\n");
        char *const next = line + length + (line[length] == '\n');
        char *name = NULL;
        line[length] = '\0';
        long label = strtol(line, &name, 10);
        if (name == line)
            label = number;
        name += strspn(name, " \t,;:");
        line = next;
        if (label < 1 || label > l->classes || name[0] == '\0')
            continue;
        free(l->names[label - 1]);
        l->names[label - 1] = text_valid(name);
    }
    rlra_text_free(r->context, text);
    return EXIT_OK;
}

int labels_read(const run *r, const scene *s, labels *l)
{
    rlra_dataset *dataset = NULL;
    int code = input_read(r, r->asked->labels, 1, 2, &input_doubles, &dataset);
    if (code != EXIT_OK)
        return code;
    rlra_array array = *rlra_dataset_array(dataset);
    if (scene_fits_image(s, &array)) {
        code = fill(r, s, &array, l);
    } else {
        char dims[128];
        code = run_error("--labels %s: the labels are %s, the scene is %" PRId64 " x %" PRId64, r->asked->labels,
                         print_dims(array.order, array.dims, dims, sizeof dims), s->height, s->width);
    }
    rlra_dataset_destroy(dataset);
    if (code != EXIT_OK)
        return code;
    l->names = cli_alloc((size_t)l->classes, sizeof *l->names);
    for (int c = 0; c < l->classes; ++c)
        l->names[c] = cli_format("class %d", c + 1);
    return r->asked->label_names == NULL ? EXIT_OK : read_names(r, l);
}

void labels_clear(labels *l)
{
    for (int c = 0; l->names != NULL && c < l->classes; ++c)
        free(l->names[c]);
    free(l->names);
    free(l->of_pixel);
    free(l->pixels);
    *l = (labels){0};
}

void labels_means(const labels *l, int64_t pixels, int64_t rank, const double *shares, double *means)
{
    memset(means, 0, (size_t)(l->classes * rank) * sizeof *means);
    for (int64_t p = 0; p < pixels; ++p) {
        const int32_t label = l->of_pixel[p];
        for (int64_t k = 0; label > 0 && k < rank; ++k)
            means[(label - 1) * rank + k] += shares[p * rank + k] / (double)l->pixels[label];
    }
}

void labels_spectrum(const labels *l, const scene *s, int label, double *mean)
{
    memset(mean, 0, (size_t)s->bands * sizeof *mean);
    for (int64_t p = 0; p < s->height * s->width; ++p) {
        if (l->of_pixel[p] != label)
            continue;
        for (int64_t b = 0; b < s->bands; ++b)
            mean[b] += rlra_array_get(&s->matrix, (const int64_t[]){b, p}) / (double)l->pixels[label];
    }
}
