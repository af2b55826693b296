/* robust/comma_shim.c: preloaded, it gives a program the locale of its environment, as many programs do first of all. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((constructor)) static void take_locale(void)
{
    const char *const name = setlocale(LC_ALL, "");
    if (name == NULL || strcmp(localeconv()->decimal_point, ",") != 0) {
        fprintf(stderr, "comma_shim: a locale with a decimal comma was expected, not %s\n",
                name == NULL ? "none" : name);
        exit(99);
    }
}
