/* io/hdf5/filter.c: the message that lists filters, and their names. */
#include "io/hdf5/filter.h"

/* Filters of HDF5 and those registered with The HDF Group that occur in practice. */
static const struct {
    int id;
    const char *name;
} known[] = {
    {H5_FILTER_DEFLATE, "gzip"},
    {H5_FILTER_SHUFFLE, "shuffle"},
    {H5_FILTER_FLETCHER32, "fletcher32"},
    {4, "szip"},
    {5, "nbit"},
    {6, "scaleoffset"},
    {305, "lzo"},
    {307, "bzip2"},
    {H5_FILTER_LZF, "lzf"},
    {32001, "blosc"},
    {32004, "lz4"},
    {32008, "bitshuffle"},
    {32013, "zfp"},
    {32015, "zstd"},
    {32017, "sz"},
    {32018, "fcidecomp"},
    {32019, "jpeg"},
    {32026, "blosc2"},
};

#define NAMED_FROM 256 /* filters below have no name in version 2 */

static void take_filter(h5_bytes *b, int version, h5_filter *filter)
{
    filter->id = (int)rlra_h5_take(b, 2);
    const size_t name = version == 1 || filter->id >= NAMED_FROM ? (size_t)rlra_h5_take(b, 2) : 0;
    rlra_h5_skip(b, 2);
    const size_t count = (size_t)rlra_h5_take(b, 2);
    rlra_h5_skip(b, version == 1 ? (name + 7) / 8 * 8 : name);
    h5_bytes values = *b;
    rlra_h5_skip(b, 4 * count + (version == 1 && count % 2 == 1 ? 4 : 0));
    if (count > 0)
        filter->first = (uint32_t)rlra_h5_take(&values, 4);
    b->failed |= values.failed;
}

rlra_status rlra_h5_filters(const h5_file *file, const h5_message *message, h5_filters *filters)
{
    *filters = (h5_filters){.count = 0};
    if (message == NULL)
        return RLRA_OK;
    h5_bytes b = rlra_h5_bytes(message->body, message->bytes);
    const int version = (int)rlra_h5_take(&b, 1), count = (int)rlra_h5_take(&b, 1);
    if (version == 1)
        rlra_h5_skip(&b, 6);
    b.failed |= (version != 1 && version != 2) || count > H5_FILTERS_MOST;
    for (int k = 0; k < count && !b.failed; k++)
        take_filter(&b, version, &filters->filter[k]);
    if (b.failed)
        return rlra_h5_damaged(file, "the list of its filters", H5_NOWHERE);
    filters->count = count;
    return RLRA_OK;
}

static const char *name_of(int id)
{
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        if (known[k].id == id)
            return known[k].name;
    return NULL;
}

rlra_status rlra_h5_filters_check(const h5_file *file, const char *name, const h5_filters *filters, uint32_t mask)
{
    for (int k = 0; k < filters->count; k++) {
        const int id = filters->filter[k].id;
        if ((mask >> k & 1) || (id >= H5_FILTER_DEFLATE && id <= H5_FILTER_FLETCHER32) || id == H5_FILTER_LZF)
            continue;
        const char *const known_as = name_of(id);
        return rlra_fail(
            file->in->context, RLRA_ERR_UNSUPPORTED,
            "'%s:%s' is packed by the filter %s (number %d of HDF5), expected gzip, shuffle, fletcher32 or "
            "lzf: h5repack -f GZIP=4 IN OUT repacks it",
            file->in->path, name, known_as == NULL ? "of a plugin" : known_as, id);
    }
    return RLRA_OK;
}
