/* form/tucker.c: a core times a factor along each mode; each factor has its own rank.
 *
 * The core is the factor after those of the modes, laid out as its unfolding along mode 0: r_0 x (r_1 r_2 ..), the last index
 * fastest. Operators use the products of the columns of the factors in every combination: along mode m
 *
 *     X_(m) = F_m G_(m) (F_0 (x) .. (x) F_N)^T  without F_m,   that is  D = 1, C = G_(m)^T, and A the combinations,
 *
 * and as a function of the core  X_(0) = F_0 G_(0) A^T, that is D = F_0, C = 1 (Tucker 1966; Kolda and Bader 2009, section 4). */
#include "form/form.h"

/* The number of combinations of columns of the factors of all modes but one. */
static ptrdiff_t combinations(const form *self, int but)
{
    ptrdiff_t count = 1;
    for (int m = 0; m < self->order; m++)
        count *= m == but ? 1 : self->x[self->numbers[m]].rank;
    return count;
}

static void core_shape(int order, const int64_t *ranks, int64_t *length, int64_t *rank)
{
    *length = ranks[0];
    *rank = 1;
    for (int m = 1; m < order; m++)
        *rank *= ranks[m];
}

static ptrdiff_t plan(form *self, arena *work)
{
    const ptrdiff_t core = combinations(self, -1);
    ptrdiff_t most = 0;
    size_t whole = 0;
    for (int m = 0; m < self->order; m++) {
        const size_t entries = (size_t)(factor_stride(self->dims[m]) * combinations(self, m));
        most = combinations(self, m) > most ? combinations(self, m) : most;
        whole = entries > whole ? entries : whole;
    }
    for (int m = 0; m < self->order; m++) {
        self->expanded[m] = factor_take(work, self->dims[m], most);
        self->columns[m] = rlra_arena_take(work, (size_t)most, sizeof(int));
    }
    self->whole = rlra_arena_take(work, whole, sizeof(real));
    self->fold = rlra_arena_take(work, (size_t)core, sizeof(real));
    self->fold_rows = rlra_arena_take(work, (size_t)core, sizeof(real));
    return most;
}

/* Column k of `to` is column columns[k] of the factor of mode m, columns[k] being its part of combination k. */
static void expand(form *self, int m, int but, ptrdiff_t count, seen_factor *to)
{
    const seen_factor from = RLRA(form_mode_factor)(self, m);
    const factor out = {self->expanded[m].at, self->dims[m], count, self->expanded[m].stride};
    ptrdiff_t faster = 1; /* combinations of the modes after this one */
    for (int behind = m + 1; behind < self->order; behind++)
        faster *= behind == but ? 1 : self->x[self->numbers[behind]].rank;
#pragma omp parallel for num_threads(self->threads) schedule(static)
    for (ptrdiff_t k = 0; k < count; k++) {
        const ptrdiff_t column = k / faster % from.at.rank;
        self->columns[m][k] = (int)column;
        factor_copy(factor_component(from.at, column), factor_component(out, k));
    }
    *to = (seen_factor){out, from.gram, from.gram_rank, self->columns[m]};
}

/* G_(m)^T: row c is combination c of the other modes, column k the index along mode m. */
static factor unfold(const form *self, int m, ptrdiff_t count)
{
    const factor core = self->x[self->numbers[self->order]];
    const ptrdiff_t rank = self->x[self->numbers[m]].rank;
    const factor to = {self->fold, count, rank, count};
    ptrdiff_t behind = 1; /* combinations of the modes after m */
    for (int o = m + 1; o < self->order; o++)
        behind *= self->x[self->numbers[o]].rank;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t c = 0; c < count; c++) {
            const ptrdiff_t place = (c / behind * rank + k) * behind + c % behind;
            to.at[k * to.stride + c] = core.at[place % core.rank * core.stride + place / core.rank];
        }
    return to;
}

static void view(form *self, int at, form_view *to)
{
    const int is_core = at == self->order, mode = is_core ? 0 : at;
    const ptrdiff_t count = combinations(self, mode);
    *to = (form_view){.order = self->order, .mode = mode, .inner = count};
    for (int m = 0; m < self->order; m++)
        if (m != mode)
            expand(self, m, mode, count, &to->seen[m]);
    to->seen[mode].at = (factor){NULL, self->dims[mode], count, factor_stride(self->dims[mode])};
    if (is_core) {
        const seen_factor left = RLRA(form_mode_factor)(self, mode);
        to->left = left.at;
        to->left_gram = left.gram;
        return;
    }
    to->fold = unfold(self, mode, count);
    if (self->map[mode].rank == 0)
        return;
    to->left = self->map[mode];
    to->left_gram = self->map_gram[mode];
    to->left_largest = &self->map_largest[mode];
}

const form_ops RLRA(form_tucker) = {
    .about = {"tucker", "a core times a factor along each mode: a rank for each factor", "order-2 order-N",
              "Tucker 1966"},
    .cores = 1,
    .core_shape = core_shape,
    .plan = plan,
    .view = view,
};
