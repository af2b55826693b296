/* start/from_svd.c: factors from the leading singular vectors of the data. */
#include "core/check.h"
#include "start/members.h"
#include "start/nndsvd.h"
#include "start/sketch.h"

static rlra_status start(fit *f, nndsvd_fill how)
{
    factor factors[RLRA_MAX_ORDER];
    RLRA(form_model)(&f->term[0].form, factors);
    return RLRA(nndsvd)(f->context, f->term[0].x, f->widest, how, (uint64_t)f->options.seed, f->threads, factors);
}

static rlra_status start_with_zeros(fit *f, const rlra_model *model)
{
    (void)model;
    return start(f, NNDSVD_ZERO);
}

static rlra_status start_with_means(fit *f, const rlra_model *model)
{
    (void)model;
    return start(f, NNDSVD_MEAN);
}

static rlra_status start_with_small(fit *f, const rlra_model *model)
{
    (void)model;
    return start(f, NNDSVD_RANDOM);
}

static double bytes(const fit *f)
{
    return RLRA(sketch_bytes)(f->term[0].x, f->widest, f->threads);
}

const start_ops RLRA(start_nndsvd) = {
    .about = {"nndsvd", "parts of singular vectors, zeros stay zero", "order-2 order-N",
              "Boutsidis & Gallopoulos 2008"},
    .reads_data = 1,
    .check = RLRA(start_check_term),
    .make = start_with_zeros,
    .bytes = bytes,
};

const start_ops RLRA(start_nndsvda) = {
    .about = {"nndsvda", "nndsvd with zeros lifted to the mean", "order-2 order-N", "Boutsidis & Gallopoulos 2008"},
    .reads_data = 1,
    .check = RLRA(start_check_term),
    .make = start_with_means,
    .bytes = bytes,
};

const start_ops RLRA(start_nndsvdar) = {
    .about = {"nndsvdar", "nndsvd with zeros lifted to small random numbers", "order-2 order-N",
              "Boutsidis & Gallopoulos 2008"},
    .reads_data = 1,
    .check = RLRA(start_check_term),
    .make = start_with_small,
    .bytes = bytes,
};
