/* report/palette.c: the colour scales viridis and inferno (Smith, van der Walt & Firing 2015, CC0), from samples. */
#include "report/palette.h"

#include <math.h>
#include <string.h>

/* Evenly spaced samples, six hexadecimal digits each; colours between them are interpolated. */
static const char *const samples[] = {
    [PALETTE_VIRIDIS] =
        "440154470e61481a6c482575472f7d443a834144873d4e8a39568c35608d31688e2d708e2a788e27818e23888e21918d1f988b"
        "1fa08822a8842ab07f35b77943bf7154c56866cc5d7ad1518fd744a5db36bcdf27d2e21be9e51afde725",
    [PALETTE_INFERNO] =
        "0000040403130c0826170c3b240c4f330a5f420a68500d6c5d126e6b176e781c6d86216b932667a12b62ae305cbb3755c73e4c"
        "d24644dd513ae65c30ed6925f3771af8850ffb9506fca50afcb519fac62df6d645f2e661f3f484fcffa4",
};

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static double channel(const char *colour, int which)
{
    return 16.0 * hex_digit(colour[2 * which]) + hex_digit(colour[2 * which + 1]);
}

void rlra_palette_fill(palette_name name, unsigned char colours[3 * PALETTE_COLOURS])
{
    const int intervals = (int)(strlen(samples[name]) / 6) - 1;
    memset(colours, 0, 3);
    for (int i = 1; i < PALETTE_COLOURS; i++) {
        const double place = (double)intervals * (i - 1) / (PALETTE_COLOURS - 2);
        const int left = place < intervals ? (int)place : intervals - 1;
        const char *const from = samples[name] + (size_t)6 * (size_t)left;
        for (int c = 0; c < 3; c++) {
            const double mixed = channel(from, c) + (place - left) * (channel(from + 6, c) - channel(from, c));
            colours[3 * i + c] = (unsigned char)lround(mixed);
        }
    }
}

unsigned char rlra_palette_index(double value, double low, double high)
{
    if (!isfinite(value))
        return 0;
    const double part = high > low ? (value - low) / (high - low) : 0.0;
    const double clipped = part < 0.0 ? 0.0 : part > 1.0 ? 1.0 : part;
    return (unsigned char)(1 + lround(clipped * (PALETTE_COLOURS - 2)));
}
