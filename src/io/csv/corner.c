/* io/csv/corner.c: whether the first of the rows with names is data, or a corner followed by wavelengths. */
#include <string.h>

#include "io/csv/find.h"

/* Rows that are checked. */
#define ROWS_MOST 20

/* Whether the numbers after the first field of a record rise or fall strictly. */
static int is_ordered(const csv_reader *r, const csv_table *t)
{
    csv_cursor c = rlra_csv_fields(r);
    csv_field f;
    double before = 0, value = 0;
    int count = 0, rises = 1, falls = 1, signs = 0;
    rlra_csv_take(&c, &f);
    for (; rlra_csv_take(&c, &f) && count < 1000; count++, before = value) {
        if (rlra_csv_kind(t->style, &f, &value, &signs) != CSV_NUMBER)
            return f.length == 0 && c.more == 0;
        rises = rises && (count == 0 || value > before);
        falls = falls && (count == 0 || value < before);
    }
    return count > 1 && (rises || falls);
}

/* The shape of a name: a for letters, 9 for digits, other characters unchanged. */
static void shape_of(const csv_reader *r, char *shape, size_t room)
{
    csv_cursor c = rlra_csv_fields(r);
    csv_field f;
    size_t used = 0;
    rlra_csv_take(&c, &f);
    for (size_t k = 0; k < f.length && used + 1 < room; k++) {
        const char sign = f.at[k];
        const char is = sign >= '0' && sign <= '9' ? '9' : (sign | 32) >= 'a' && (sign | 32) <= 'z' ? 'a' : sign;
        if (used == 0 || shape[used - 1] != is || (is != 'a' && is != '9'))
            shape[used++] = is;
    }
    shape[used] = '\0';
}

/* Properties that distinguish a corner and wavelengths from the name and the numbers of a row. */
typedef struct hints {
    int ordered, rows_ordered; /* the numbers of the first row are in order; those of all others */
    int alike, numbered;       /* all names but the first have one shape; that shape has digits */
    int same;
} hints;

static rlra_status gather_hints(csv_reader *r, const csv_table *t, hints *h)
{
    char corner[32], first[32], shape[32];
    rlra_status status = rlra_csv_reread(r, &t->run.first);
    int found = 1;
    *h = (hints){.rows_ordered = 1, .alike = 1};
    h->ordered = is_ordered(r, t);
    shape_of(r, corner, sizeof corner);
    first[0] = '\0';
    for (int64_t row = 1; row < t->run.rows && row < ROWS_MOST; row++) {
        TRY(rlra_csv_next(r, &found));
        if (!found)
            break;
        h->rows_ordered = h->rows_ordered && is_ordered(r, t);
        shape_of(r, row == 1 ? first : shape, sizeof shape);
        h->alike = h->alike && (row == 1 || strcmp(first, shape) == 0);
    }
    h->numbered = h->alike && strchr(first, '9') != NULL;
    h->same = h->alike && strcmp(first, corner) == 0;
cleanup:
    return status;
}

/* Whether the first of the rows with names is a corner followed by wavelengths: its first field differs in kind from the names
 * below, or its numbers are in order and those of the rows are not. If neither decides, it is refused; words for missing values
 * may be names, such as Na. */
rlra_status rlra_csv_find_corner(csv_reader *r, const csv_table *t, int *is_corner)
{
    rlra_status status = RLRA_OK;
    hints h;
    *is_corner = 0;
    TRY(gather_hints(r, t, &h));
    const int is_bare = t->run.first.of_kind[CSV_NUMBER] == 0;
    /* A single number is in no order and decides nothing. */
    const int is_odd = h.numbered && !h.same && !is_bare && t->run.first.width - t->run.trailing == 2;
    if ((h.same && h.numbered) || !(h.ordered || is_bare || is_odd) || t->run.rows < 2)
        goto cleanup;
    *is_corner = !is_odd && ((h.numbered && !h.same) || (!is_bare && !h.rows_ordered));
    REQUIRE(
        *is_corner || (t->run.first.width < 3 && !is_bare && !is_odd),
        rlra_fail(r->in->context, RLRA_ERR_FORMAT,
                  "'%s', line %lld: this may be the first row or name the columns; give `names=%lld` or `names=none`",
                  r->in->path, (long long)t->run.first.number, (long long)t->run.first.number));
cleanup:
    return status;
}
