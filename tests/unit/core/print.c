/* unit/core/print.c: numbers that are written without printf are those that printf writes. */
#include "core/print.h"

#include <float.h>
#include <string.h>

#include "support/support.h"

static void try_number(double number, int digits)
{
    char got[RLRA_REAL_ROOM], expected[64];
    const int length = rlra_print_real(got, number, digits);
    snprintf(expected, sizeof expected, "%.*g", digits, number);
    char *const comma = strchr(expected, ','); /* of a locale that has one */
    if (comma != NULL)
        *comma = '.';
    CHECK(strcmp(got, expected) == 0 && length == (int)strlen(expected), "%.17g with %d digits: %s, not %s", number,
          digits, got, expected);
}

static void try_around(double number)
{
    for (int digits = 1; digits <= 17; digits++)
        for (int sign = -1; sign <= 1; sign += 2) {
            try_number(sign * number, digits);
            try_number(sign * nextafter(number, 0), digits);
            try_number(sign * nextafter(number, INFINITY), digits);
        }
}

static void test_ends_of_decades_and_middles(void **state)
{
    (void)state;
    for (int power = -8; power <= 18; power++)
        for (int lead = 1; lead < 10; lead++) {
            const double number = lead * pow(10, power);
            try_around(number);
            try_around(number + 0.5 * pow(10, power - 3));
            try_around(number - 0.5 * pow(10, power - 5));
        }
    for (int eighths = 0; eighths < 8000; eighths++)
        for (int digits = 1; digits < 8; digits++)
            try_number(eighths / 8.0, digits);
    try_around(0);
    try_around(DBL_MAX);
    try_around(DBL_MIN);
}

static void test_numbers_of_all_sizes(void **state)
{
    (void)state;
    numbers from = {3, 0};
    for (int k = 0; k < 200000 / test_share(); k++)
        try_number(normal(&from) * pow(10, 30 * uniform(&from) - 12), 1 + (int)below(&from, 12));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends_of_decades_and_middles),
        cmocka_unit_test(test_numbers_of_all_sizes),
    };
    return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
