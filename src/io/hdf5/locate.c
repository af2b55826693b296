/* io/hdf5/locate.c: find the entries of HDF5 data sets that lie side by side in their file. */
#include "io/hdf5/file.h"

/* Whether the type is one of IEEE or two's complement that fills its bytes, in either order. */
static int is_plain(hid_t type, const scalar *stored)
{
    const size_t bits = 8 * (size_t)stored->bytes;
    if (stored->kind != SCALAR_FLOAT)
        return H5Tget_precision(type) == bits && H5Tget_offset(type) == 0;
    if (stored->bytes == 4)
        return H5Tequal(type, H5T_IEEE_F32LE) > 0 || H5Tequal(type, H5T_IEEE_F32BE) > 0;
    return stored->bytes == 8 && (H5Tequal(type, H5T_IEEE_F64LE) > 0 || H5Tequal(type, H5T_IEEE_F64BE) > 0);
}

static rlra_status check_type(const input *in, const char *name, hid_t set, const hdf5_about *about, located *where)
{
    const hid_t type = H5Dget_type(set);
    const hid_t number = about->is_enum && type >= 0 ? H5Tget_super(type) : type;
    const int usable = number >= 0 && is_plain(number, &about->type);
    const H5T_order_t order = number >= 0 ? H5Tget_order(number) : H5T_ORDER_ERROR;
    where->type = about->type;
    where->type.swap = about->type.bytes > 1 && (order == H5T_ORDER_LE) != rlra_machine_is_little();
    if (about->is_enum && number >= 0)
        H5Tclose(number);
    if (type >= 0)
        H5Tclose(type);
    return usable ? RLRA_OK
                  : rlra_fail(in->context, RLRA_ERR_UNSUPPORTED,
                              "'%s:%s' holds %s of an unusual kind, which cannot be read piece by piece: write it as "
                              "32 or 64-bit floats",
                              in->path, name, about->stored);
}

rlra_status rlra_hdf5_locate(const input *in, const char *name, hid_t set, const hdf5_about *about, located *where)
{
    rlra_status status = RLRA_OK;
    int64_t count;
    const hid_t plan = H5Dget_create_plist(set);
    const H5D_layout_t layout = plan >= 0 ? H5Pget_layout(plan) : H5D_LAYOUT_ERROR;
    const int filters = plan >= 0 ? H5Pget_nfilters(plan) : -1,
              elsewhere = plan >= 0 ? H5Pget_external_count(plan) : -1;
    if (plan >= 0)
        H5Pclose(plan);
    REQUIRE(about->type.kind != SCALAR_NONE,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' holds %s, expected real numbers", in->path, name,
                      about->stored));
    REQUIRE(
        layout == H5D_CONTIGUOUS && filters == 0 && elsewhere == 0,
        rlra_fail(in->context, RLRA_ERR_UNSUPPORTED,
                  "'%s:%s' is stored %s, and cannot be read piece by piece: write it without chunks and filters, with "
                  "h5repack -l %s:CONTI -f %s:NONE, for example",
                  in->path, name,
                  filters > 0                ? "in compressed chunks"
                  : layout == H5D_CHUNKED    ? "in chunks"
                  : layout == H5D_CONTIGUOUS ? "in another file"
                                             : "in the header",
                  name, name));
    TRY(check_type(in, name, set, about, where));
    const haddr_t offset = H5Dget_offset(set);
    REQUIRE(offset != HADDR_UNDEF && offset <= INT64_MAX,
            rlra_fail(in->context, RLRA_ERR_UNSUPPORTED, "'%s:%s' was never written", in->path, name));
    where->shape = about->shape;
    where->offset = (int64_t)offset;
    TRY(rlra_shape_check(in, name, &about->shape, about->type.bytes, in->size - where->offset, &count));
cleanup:
    return status;
}
