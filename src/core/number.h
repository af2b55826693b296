/* core/number.h: numbers in text, read the same in every locale. */
#ifndef RLRA_CORE_NUMBER_H
#define RLRA_CORE_NUMBER_H

/* Read the number that `text` begins with, a decimal one with this decimal sign, inf or nan: what is behind it, or NULL. */
const char *rlra_number_read(const char *text, char decimal, double *value);

/* Parse the whole of `text`; returns whether it is a decimal number, inf or nan. */
int rlra_number_parse(const char *text, double *value);

/* Enough digits to read the same number back; `single` for those of float. At most NUMBER_BYTES with the final zero. */
#define NUMBER_BYTES 32
void rlra_number_format(double value, int single, char *text);

#endif
