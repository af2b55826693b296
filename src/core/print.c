/* core/print.c: printf in the locale "C". */
#define _XOPEN_SOURCE 700 /* uselocale() */

#include "core/print.h"

#include <locale.h>
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
