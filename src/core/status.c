/* core/status.c: the texts of the statuses. */
#include "rlra/status.h"

#include <stddef.h>

static const struct {
    rlra_status status;
    const char *text;
} texts[] = {
#define RLRA_STATUS_ROW(name, value, text) {name, text},
    RLRA_STATUS_LIST(RLRA_STATUS_ROW)
#undef RLRA_STATUS_ROW
};

const char *rlra_status_text(rlra_status status)
{
    for (size_t row = 0; row < sizeof texts / sizeof texts[0]; row++)
        if (texts[row].status == status)
            return texts[row].text;
    return "unknown status";
}
