/* core/number.c: parse and print numbers independent of the locale. */
#include "core/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/print.h"

/* Powers of ten that double holds exactly. */
#define EXACT_POWER    22
#define EXACT_MANTISSA (UINT64_C(1) << 53)

static const double powers[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* A decimal number taken apart: mantissa x 10^exponent. */
typedef struct decimal {
    uint64_t mantissa;
    int exponent, digits, dropped, negative;
} decimal;

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *take_digits(const char *at, decimal *d, int after_point)
{
    for (; is_digit(*at); at++) {
        d->digits++;
        if (d->mantissa > (UINT64_MAX - 9) / 100) {
            d->dropped |= *at != '0';
            d->exponent += !after_point;
            continue;
        }
        d->mantissa = 10 * d->mantissa + (uint64_t)(*at - '0');
        d->exponent -= after_point;
    }
    return at;
}

/* Read a decimal number; returns the text after it, or NULL if there is none. */
static const char *take_decimal(const char *at, char point, decimal *d)
{
    *d = (decimal){.negative = *at == '-'};
    at += *at == '-' || *at == '+';
    at = take_digits(at, d, 0);
    if (*at == point)
        at = take_digits(at + 1, d, 1);
    if (d->digits == 0)
        return NULL;
    if (*at == 'e' || *at == 'E' || *at == 'd' || *at == 'D') {
        const int down = at[1] == '-';
        int exponent = 0;
        at += at[1] == '-' || at[1] == '+' ? 2 : 1;
        if (!is_digit(*at))
            return NULL;
        for (; is_digit(*at); at++)
            exponent = exponent < 100000 ? 10 * exponent + (*at - '0') : exponent;
        d->exponent += down ? -exponent : exponent;
    }
    return at;
}

static const char *take_word(const char *text, double *value)
{
    const char *const word = text + (*text == '-' || *text == '+');
    const double sign = *text == '-' ? -1 : 1;
    if (strncasecmp(word, "nan", 3) == 0) {
        *value = NAN;
        return word + 3;
    }
    *value = sign * INFINITY;
    if (strncasecmp(word, "infinity", 8) == 0)
        return word + 8;
    return strncasecmp(word, "inf", 3) == 0 ? word + 3 : NULL;
}

/* Round by the C library, from a text without a decimal point, which depends on the locale. Digits after the 18th are replaced
 * by a last digit 1. */
static double parse_slowly(const decimal *d)
{
    char text[64];
    const char *const sign = d->negative ? "-" : "";
    if (d->dropped)
        snprintf(text, sizeof text, "%s%llu1e%d", sign, (unsigned long long)d->mantissa, d->exponent - 1);
    else
        snprintf(text, sizeof text, "%s%llue%d", sign, (unsigned long long)d->mantissa, d->exponent);
    return strtod(text, NULL);
}

const char *rlra_number_read(const char *text, char point, double *value)
{
    decimal d;
    const char *const end = take_decimal(text, point, &d);
    if (end == NULL)
        return take_word(text, value);
    /* Both operands are exact, so one operation rounds once: Clinger (1990), PLDI'90. */
    if (!d.dropped && d.mantissa <= EXACT_MANTISSA && d.exponent >= -EXACT_POWER && d.exponent <= EXACT_POWER) {
        const double mantissa = (double)d.mantissa;
        const double magnitude = d.exponent < 0 ? mantissa / powers[-d.exponent] : mantissa * powers[d.exponent];
        *value = d.negative ? -magnitude : magnitude;
    } else
        *value = parse_slowly(&d);
    return end;
}

int rlra_number_parse(const char *text, double *value)
{
    const char *const end = rlra_number_read(text, '.', value);
    return end != NULL && *end == '\0';
}

void rlra_number_format(double value, int single, char *text)
{
    /* Try fewer digits first: they suffice for most numbers that people write. */
    const int least = single ? 6 : 15, most = single ? 9 : 17;
    if (!isfinite(value)) {
        snprintf(text, NUMBER_BYTES, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    for (int digits = least; digits <= most; digits++) {
        double back;
        rlra_print(text, NUMBER_BYTES, "%.*g", digits, value);
        rlra_number_parse(text, &back);
        if (single ? (float)back == (float)value : back == value)
            return;
    }
}
