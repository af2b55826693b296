/* core/number.h: numbers in text, read the same in every locale. */
#ifndef RLRA_CORE_NUMBER_H
#define RLRA_CORE_NUMBER_H

/* Read the number at the beginning of `text`: decimal with this decimal sign, inf or nan. Returns the text after it, or NULL. */
const char *rlra_number_read(const char *text, char decimal, double *value);

/* Parse the whole of `text`; returns whether it is a decimal number, inf or nan. */
int rlra_number_parse(const char *text, double *value);

/* Enough digits to read the same number back; `single` for float. At most NUMBER_BYTES with the final zero. */
#define NUMBER_BYTES 32
void rlra_number_format(double value, int single, char *text);

#endif
