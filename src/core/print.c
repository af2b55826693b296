/* core/print.c: printf in the locale "C". */
#define _XOPEN_SOURCE 700 /* uselocale() */

#include "core/print.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* Switches the locale for this thread and call only, as the locale of the program is that of the caller. */
int rlra_print_list(char *text, size_t size, const char *format, va_list arguments)
{
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = plain == (locale_t)0 ? (locale_t)0 : uselocale(plain);
    const int length = vsnprintf(text, size, format, arguments);
    if (before != (locale_t)0)
        uselocale(before);
    if (plain != (locale_t)0)
        freelocale(plain);
    return length;
}

int rlra_print(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = rlra_print_list(text, size, format, arguments);
    va_end(arguments);
    return length;
}

/* Powers of ten that a double holds exactly, as far as they are needed. */
static const double tens[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13};

/* Digits of a number of which those of printf are known without its long arithmetic. */
#define QUICK_DIGITS 9

/* A product or quotient of doubles is off by half a unit of its last place, here by less than 1e-7: what is so near to the middle
 * of two numbers is left to printf. */
#define TOO_NEAR 1e-6

/* How often 1 <= a < 1e9 or 1e-4 <= a < 1 can be divided by ten. */
static int exponent_of(double a)
{
    int e = a < 1 ? -4 : 0;
    while (e < 0 ? a * tens[-e - 1] >= 1 : a >= tens[e + 1])
        e++;
    return e;
}

/* The number as a whole one of so many digits, rounded, and its decimal exponent; 0: printf must do it. */
static uint32_t round_to(double a, int digits, int *exponent)
{
    int e = exponent_of(a);
    const int power = digits - 1 - e;
    const double scaled = power >= 0 ? a * tens[power] : a / tens[-power];
    uint32_t whole = (uint32_t)scaled;
    const double rest = scaled - (double)whole;
    if (fabs(rest - 0.5) < TOO_NEAR)
        return 0;
    whole += rest > 0.5 ? 1 : 0;
    if (whole == (uint32_t)tens[digits]) {
        whole /= 10;
        e++;
    }
    *exponent = e;
    return whole < (uint32_t)tens[digits - 1] || whole >= (uint32_t)tens[digits] || e >= digits ? 0 : whole;
}

int rlra_print_real(char text[RLRA_REAL_ROOM], double number, int digits)
{
    const double a = fabs(number);
    int e = 0;
    const int is_quick = digits >= 1 && digits <= QUICK_DIGITS && a >= 1e-4 && a < 1e9;
    uint32_t whole = is_quick ? round_to(a, digits, &e) : 0;
    if (whole == 0)
        return rlra_print(text, RLRA_REAL_ROOM, "%.*g", digits, number);
    int decimals = digits - 1 - e, length = 0;
    for (; decimals > 0 && whole % 10 == 0; decimals--)
        whole /= 10;
    char reversed[RLRA_REAL_ROOM];
    for (int at = 0; whole > 0 || at <= decimals; at++) {
        if (at == decimals && decimals > 0)
            reversed[length++] = '.';
        reversed[length++] = (char)('0' + whole % 10);
        whole /= 10;
    }
    if (number < 0)
        reversed[length++] = '-';
    for (int at = 0; at < length; at++)
        text[at] = reversed[length - 1 - at];
    text[length] = '\0';
    return length;
}
