/* core/print.h: printf that writes numbers with a point whatever the locale of the program is. */
#ifndef RLRA_CORE_PRINT_H
#define RLRA_CORE_PRINT_H

#include <stdarg.h>
#include <stddef.h>

/* snprintf() and vsnprintf() as in the locale "C". All text with reals is made by these. */
int rlra_print(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int rlra_print_list(char *text, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* "%.*g" of a finite number, ended by a zero; returns the length. Charts hold so many numbers that printf would take longer than
 * a small fit. */
#define RLRA_REAL_ROOM 40
int rlra_print_real(char text[RLRA_REAL_ROOM], double number, int digits);

#endif
