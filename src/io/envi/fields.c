/* io/envi/fields.c: gains, offsets, missing values, wavelengths and names in ENVI headers. */
#include "io/envi/fields.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/number.h"

#define TOKEN_BYTES 64
#define LIST_BYTES  160

/* Read up to `most` numbers of a list; returns their number, or -1 if one is not a number. */
static int64_t read_numbers(const envi_field *field, int64_t most, double *values)
{
    const char *at = field->value, *const end = at + field->length;
    int64_t count = 0;
    while (at < end) {
        char token[TOKEN_BYTES];
        double value;
        while (at < end && (isspace((unsigned char)*at) || *at == ','))
            at++;
        const char *const begin = at;
        while (at < end && !isspace((unsigned char)*at) && *at != ',')
            at++;
        if (begin == at)
            break;
        if ((size_t)(at - begin) >= sizeof token)
            return -1;
        snprintf(token, sizeof token, "%.*s", (int)(at - begin), begin);
        if (!rlra_number_parse(token, &value))
            return -1;
        if (count < most)
            values[count] = value;
        count++;
    }
    return count;
}

/* A field with one number for each band, or one for all; *found is set if there is such a field. */
static rlra_status read_list(const input *header, const char *text, const char *key, int64_t bands, double *values,
                             int *found)
{
    envi_field field;
    char expected[80];
    *found = rlra_envi_find(text, key, &field) && field.length > 0;
    if (!*found)
        return RLRA_OK;
    const int64_t count = read_numbers(&field, bands, values);
    for (int64_t b = 1; count == 1 && b < bands; b++)
        values[b] = values[0];
    if (count == bands || count == 1)
        return RLRA_OK;
    snprintf(expected, sizeof expected, "%lld numbers, one for each band", (long long)bands);
    return rlra_envi_fail(header, &field, expected);
}

static int all_equal(const double *values, int64_t count, double to)
{
    for (int64_t b = 0; b < count; b++)
        if (values[b] != to)
            return 0;
    return 1;
}

static rlra_status read_ignored(const input *header, const char *text, scalar type, calibration *c)
{
    envi_field field;
    double value = 0;
    if (!rlra_envi_find(text, "data ignore value", &field) || field.length == 0 ||
        (field.length == 4 && strncasecmp(field.value, "none", 4) == 0))
        return RLRA_OK;
    if (read_numbers(&field, 1, &value) != 1)
        return rlra_envi_fail(header, &field, "one number");
    c->has_ignored = !isnan(value);
    c->ignored = rlra_calibration_stored(type, value);
    return RLRA_OK;
}

/* Gains and offsets are more specific than a scale factor, and replace it. */
static rlra_status read_scale(const input *header, const char *text, int64_t bands, double *gains, double *offsets,
                              calibration *c)
{
    rlra_status status = RLRA_OK;
    envi_field field;
    double factor = 1;
    int found;
    TRY(read_list(header, text, "data gain values", bands, gains, &found));
    c->gains = found && !all_equal(gains, bands, 1) ? gains : NULL;
    TRY(read_list(header, text, "data offset values", bands, offsets, &found));
    c->offsets = found && !all_equal(offsets, bands, 0) ? offsets : NULL;
    if (c->gains != NULL)
        TRY(rlra_input_note(header, "numbers were multiplied by 'data gain values' of the header"));
    if (c->offsets != NULL)
        TRY(rlra_input_note(header, "'data offset values' of the header were added"));
    if (!rlra_envi_find(text, "reflectance scale factor", &field) || field.length == 0)
        return RLRA_OK;
    REQUIRE(read_numbers(&field, 1, &factor) == 1 && factor > 0 && isfinite(factor),
            rlra_envi_fail(header, &field, "one number above 0"));
    if (factor == 1)
        return RLRA_OK;
    if (c->gains != NULL || c->offsets != NULL)
        return rlra_input_note(header, "'reflectance scale factor' (%g) was left out, as there are gains or offsets",
                               factor);
    c->divisor = factor;
    TRY(rlra_input_note(header, "numbers were divided by 'reflectance scale factor', %g", factor));
cleanup:
    return status;
}

rlra_status rlra_envi_calibrate(const input *header, const char *text, const envi_header *parsed, calibration **made)
{
    static const char *const unused[] = {"data reflectance gain values", "data reflectance offset values"};
    const size_t bands = (size_t)parsed->bands;
    rlra_status status = RLRA_OK;
    envi_field field;
    *made = NULL;
    calibration *const c = rlra_alloc_zero(header->context, sizeof *c + 2 * bands * sizeof(double), 1);
    REQUIRE(c != NULL, rlra_fail_memory(header->context, 2 * bands, sizeof(double), "gains and offsets"));
    double *const gains = (double *)(void *)(c + 1);
    c->bands = parsed->bands;
    c->inner = parsed->inner;
    c->divisor = 1;
    TRY(read_ignored(header, text, parsed->type, c));
    TRY(read_scale(header, text, parsed->bands, gains, gains + bands, c));
    for (int k = 0; k < 2; k++)
        if (rlra_envi_find(text, unused[k], &field))
            TRY(rlra_input_note(header, "'%s' of the header was not applied", unused[k]));
    if (c->has_ignored || c->gains != NULL || c->offsets != NULL || c->divisor != 1)
        *made = c;
cleanup:
    if (*made == NULL)
        rlra_free(header->context, c);
    return status;
}

/* Keep every field of the header as an attribute, with blanks for line ends in lists. */
static rlra_status keep_texts(const char *text, rlra_dataset *dataset)
{
    rlra_status status = RLRA_OK;
    envi_place place = {text, 1};
    envi_field field;
    while (rlra_envi_next(&place, &field)) {
        if (rlra_dataset_attribute(dataset, field.key) != NULL)
            continue;
        TRY(rlra_dataset_set_attribute(dataset, field.key, field.value, field.length));
        for (char *c = dataset->attributes->text; *c != '\0'; c++)
            if (*c == '\n')
                *c = ' ';
    }
cleanup:
    return status;
}

static rlra_status keep_axis(const input *header, const char *text, int64_t bands, rlra_dataset *dataset)
{
    const int mode = dataset->array.order - 1;
    envi_field field;
    if (!rlra_envi_find(text, "wavelength", &field) || field.length == 0)
        return RLRA_OK;
    double *const values = rlra_alloc(header->context, (size_t)bands, sizeof *values);
    if (values == NULL)
        return rlra_fail_memory(header->context, (size_t)bands, sizeof *values, "wavelengths");
    const int64_t count = read_numbers(&field, bands, values);
    if (count == bands) {
        rlra_dataset_take_axis(dataset, mode, values);
        return RLRA_OK;
    }
    rlra_free(header->context, values);
    return count < 0 ? rlra_input_note(header, "'wavelength' of the header holds what is no number: it was left out")
                     : rlra_input_note(header,
                                       "'wavelength' of the header holds %lld numbers for %lld bands: it was left out",
                                       (long long)count, (long long)bands);
}

/* Keep names separated by commas, one for each index of a mode. */
static rlra_status keep_names(const input *header, const char *text, const char *key, int mode, rlra_dataset *dataset)
{
    const int64_t length = dataset->array.dims[mode];
    envi_field field;
    int64_t count = 0;
    if (!rlra_envi_find(text, key, &field) || field.length == 0)
        return RLRA_OK;
    char *const labels = rlra_text_copy(header->context, field.value, field.length);
    if (labels == NULL)
        return rlra_fail_memory(header->context, field.length, 1, "names in a header");
    char *to = labels;
    for (const char *at = labels; *at != '\0';) {
        at += strspn(at, " \t\n");
        const size_t room = strcspn(at, ",");
        size_t used = room;
        while (used > 0 && isspace((unsigned char)at[used - 1]))
            used--;
        memmove(to, at, used);
        at += room;
        at += *at == ',';
        to += used;
        *to++ = '\0';
        count++;
    }
    if (count == length)
        return rlra_dataset_take_labels(dataset, mode, length, labels);
    rlra_free(header->context, labels);
    return rlra_input_note(header, "'%s' of the header holds %lld names for %lld: they were left out", key,
                           (long long)count, (long long)length);
}

/* "3, 7-9" in a buffer of LIST_BYTES, ending with ".." if there are more. */
static const char *list_zeros(const double *values, int64_t count, char *list)
{
    size_t used = 0;
    list[0] = '\0';
    for (int64_t b = 0; b < count; b++) {
        int64_t end = b;
        while (values[b] == 0 && end + 1 < count && values[end + 1] == 0)
            end++;
        if (values[b] != 0)
            continue;
        if (used > LIST_BYTES - 60) {
            snprintf(list + used, LIST_BYTES - used, ", ..");
            return list;
        }
        used += (size_t)snprintf(list + used, LIST_BYTES - used, end > b ? "%s%lld-%lld" : "%s%lld",
                                 used == 0 ? "" : ", ", (long long)b + 1, (long long)end + 1);
        b = end;
    }
    return list;
}

rlra_status rlra_envi_report_bad_bands(const input *header, const char *text, int64_t bands)
{
    rlra_status status = RLRA_OK;
    envi_field field;
    char list[LIST_BYTES];
    if (!rlra_envi_find(text, "bbl", &field) || field.length == 0)
        return RLRA_OK;
    double *const good = rlra_alloc(header->context, (size_t)bands, sizeof *good);
    if (good == NULL)
        return rlra_fail_memory(header->context, (size_t)bands, sizeof *good, "the list of bad bands");
    const int64_t count = read_numbers(&field, bands, good);
    int64_t bad = 0;
    for (int64_t b = 0; count == bands && b < bands; b++)
        bad += good[b] == 0;
    if (count != bands)
        status = rlra_input_note(header,
                                 "'bbl' of the header does not hold %lld numbers, one for each band: it was left out",
                                 (long long)bands);
    else if (bad > 0)
        status = rlra_input_note(header, "'bbl' of the header marks %lld of %lld bands as bad: %s", (long long)bad,
                                 (long long)bands, list_zeros(good, bands, list));
    rlra_free(header->context, good);
    return status;
}

rlra_status rlra_envi_keep(const input *header, const char *text, const envi_header *parsed, rlra_dataset *dataset)
{
    rlra_status status = RLRA_OK;
    TRY(keep_texts(text, dataset));
    TRY(keep_axis(header, text, parsed->bands, dataset));
    if (parsed->is_library)
        TRY(keep_names(header, text, "spectra names", 0, dataset));
    else
        TRY(keep_names(header, text, "band names", 2, dataset));
    TRY(rlra_envi_report_bad_bands(header, text, parsed->bands));
cleanup:
    return status;
}
