/* report/png.h: small PNG pictures, written into the page as data URIs. */
#ifndef RLRA_REPORT_PNG_H
#define RLRA_REPORT_PNG_H

#include "report/html.h"

/* A picture of `height` rows of `width` pixels. With a palette (256 colours of 3 bytes) a pixel is one byte, its colour
 * number, and colour 0 is transparent; without one it is three bytes: red, green, blue. */
typedef struct picture {
    int64_t height, width;
    const unsigned char *pixels;
    const unsigned char *palette;
} picture;

/* Append "data:image/png;base64,..." to the page. Failures are kept in the page. */
void rlra_png_write(html *page, const picture *image);

#endif
