/* io/hdf5/locate.c: find the entries of HDF5 data sets that are contiguous in their file. */
#include "io/hdf5/file.h"

/* A description of how the entries are stored, for messages. */
static const char *stored_how(const h5_set *set)
{
    if (set->outside != NULL)
        return "in another file";
    if (set->filters.count > 0)
        return "in compressed chunks";
    return set->layout.kind == H5_CHUNKED ? "in chunks" : "in the header";
}

rlra_status rlra_hdf5_locate(const char *name, const hdf5_object *object, located *where)
{
    rlra_status status = RLRA_OK;
    const h5_set *const set = object->set;
    const hdf5_about *const about = &object->about;
    const input *const in = object->file->in;
    int64_t count;
    REQUIRE(about->type.kind != SCALAR_NONE,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' holds %s, expected real numbers", in->path, name,
                      about->stored));
    REQUIRE(
        set->outside == NULL && set->layout.kind == H5_CONTIGUOUS,
        rlra_fail(in->context, RLRA_ERR_UNSUPPORTED,
                  "'%s:%s' is stored %s, and cannot be read piece by piece: write it without chunks and filters, with "
                  "h5repack -l %s:CONTI -f %s:NONE, for example",
                  in->path, name, stored_how(set), name, name));
    REQUIRE(set->type.is_plain,
            rlra_fail(in->context, RLRA_ERR_UNSUPPORTED,
                      "'%s:%s' holds %s of an unusual kind, which cannot be read piece by piece: write it as "
                      "32 or 64-bit floats",
                      in->path, name, about->stored));
    REQUIRE(set->layout.address != H5_NOWHERE,
            rlra_fail(in->context, RLRA_ERR_UNSUPPORTED, "'%s:%s' was never written", in->path, name));
    TRY(rlra_h5_set_count(object->file, name, set, &count));
    where->type = about->type;
    where->shape = about->shape;
    TRY(rlra_h5_place(object->file, set->layout.address, (uint64_t)count * set->type.size, &where->offset));
cleanup:
    return status;
}
