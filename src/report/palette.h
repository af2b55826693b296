/* report/palette.h: colour scales for maps, perceptually uniform and safe for colour-blind readers. */
#ifndef RLRA_REPORT_PALETTE_H
#define RLRA_REPORT_PALETTE_H

#define PALETTE_COLOURS 256

typedef enum palette_name { PALETTE_VIRIDIS, PALETTE_INFERNO } palette_name;

/* Colour 0 means "no value"; 1 .. 255 are for the least to the greatest value. */
void rlra_palette_fill(palette_name name, unsigned char colours[3 * PALETTE_COLOURS]);

/* The colour number of a value between `low` and `high`; values beyond are clipped, NaN and Inf give 0. */
unsigned char rlra_palette_index(double value, double low, double high);

#endif
