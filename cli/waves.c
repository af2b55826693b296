/* cli/waves.c: units of wavelengths, and linear interpolation between them. */
#include "waves.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

static const char nanometres[] = "nanometers nanometer nanometres nanometre nm";
static const char micrometres[] = "micrometers micrometer micrometres micrometre microns micron um \xc2\xb5m \xce\xbcm";

/* The letters that a text begins with, small. */
static void first_word(const char *text, char *word, size_t size)
{
    size_t i = 0;
    for (; text[i] != '\0' && i + 1 < size && (isalpha((unsigned char)text[i]) || (unsigned char)text[i] >= 128); i++)
        word[i] = (char)tolower((unsigned char)text[i]);
    word[i] = '\0';
}

int waves_named(const char *name)
{
    static const char names[] = "wave waves wl wvl lambda lambdas wavenumber wavenumbers";
    char word[32];
    size_t begin = 0;
    for (size_t i = 0; name[i] != '\0'; i++)
        if (name[i] == '/' || (name[i] == '.' && name[i + 1] != '\0'))
            begin = i + 1;
    first_word(name + begin, word, sizeof word);
    const int whole = strlen(word) == strlen(name + begin);
    return strncmp(word, "wavel", 5) == 0 || word_in(names, word) ||
           (whole && word[0] != '\0' && (word_in(nanometres, word) || word_in(micrometres, word)));
}

double waves_scale(const char *unit, const double *waves, int64_t count)
{
    char word[32] = "";
    for (size_t i = 0; unit != NULL && unit[i] != '\0' && i + 1 < sizeof word; i++)
        word[i] = unit[i] >= 'A' && unit[i] <= 'Z' ? (char)(unit[i] - 'A' + 'a') : unit[i];
    if (word[0] != '\0' && word_in(nanometres, word))
        return 1.0;
    if (word[0] != '\0' && word_in(micrometres, word))
        return 1000.0;
    if (word[0] != '\0' && strcmp(word, "unknown") != 0)
        return 0.0;
    return count > 0 && waves[count - 1] > 100.0 ? 1.0 : 1000.0;
}

double waves_distance(int64_t count, const double *a, double scale_a, const double *b, double scale_b)
{
    double most = 0.0;
    for (int64_t i = 0; i < count; i++)
        most = fmax(most, fabs(a[i] - b[i] * scale_b / scale_a));
    return most;
}

typedef struct wave {
    double at;
    int64_t index;
} wave;

static int ascending(const void *a, const void *b)
{
    const wave *const x = a, *const y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* An end of the range for what is beyond it by rounding only, as 0.4 x 1000 is beyond 400. */
static double within(double at, double first, double last)
{
    const double slack = 1e-6 * fabs(at);
    if (at < first && at >= first - slack)
        return first;
    return at > last && at <= last + slack ? last : at;
}

resampling resampling_make(int64_t count, const double *from, int64_t wanted, const double *to)
{
    resampling r = {.count = wanted,
                    .left = cli_alloc((size_t)wanted, sizeof *r.left),
                    .right = cli_alloc((size_t)wanted, sizeof *r.right),
                    .part = cli_alloc((size_t)wanted, sizeof *r.part)};
    wave *const sorted = cli_alloc((size_t)count + 1, sizeof *sorted);
    for (int64_t i = 0; i < count; i++)
        sorted[i] = (wave){from[i], i};
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    for (int64_t b = 0; b < wanted; b++) {
        const double at = count > 0 ? within(to[b], sorted[0].at, sorted[count - 1].at) : to[b];
        int64_t high = 0;
        while (high < count && sorted[high].at < at)
            high++;
        const int64_t low = high < count && sorted[high].at == at ? high : high - 1;
        const int inside = count > 0 && high < count && low >= 0;
        r.outside += !inside;
        r.left[b] = inside ? sorted[low].index : -1;
        r.right[b] = inside ? sorted[high].index : -1;
        r.part[b] = inside && high > low ? (at - sorted[low].at) / (sorted[high].at - sorted[low].at) : 0.0;
    }
    free(sorted);
    return r;
}

void resampling_clear(resampling *r)
{
    free(r->left);
    free(r->right);
    free(r->part);
    *r = (resampling){0};
}

void resampling_apply(const resampling *r, const double *values, double *wanted)
{
    for (int64_t b = 0; b < r->count; b++)
        wanted[b] = r->left[b] < 0 ? NAN
                    : r->left[b] == r->right[b]
                        ? values[r->left[b]]
                        : (1.0 - r->part[b]) * values[r->left[b]] + r->part[b] * values[r->right[b]];
}
