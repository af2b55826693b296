/* io/hdf5/space.c: the message of a data space, versions 1 and 2. */
#include "io/hdf5/space.h"

rlra_status rlra_h5_space(const h5_file *file, const h5_message *message, h5_space *space)
{
    rlra_status status = RLRA_OK;
    h5_bytes b = {message->body, message->body + message->bytes, 0};
    const int version = (int)rlra_h5_take(&b, 1), order = (int)rlra_h5_take(&b, 1), flags = (int)rlra_h5_take(&b, 1);
    const int bytes = file->length_bytes;
    *space = (h5_space){.order = order};
    REQUIRE(!b.failed && (version == 1 || version == 2) && order <= H5_ORDER_MOST,
            rlra_h5_damaged(file, "a shape", H5_NOWHERE));
    const uint64_t rest = rlra_h5_take(&b, version == 1 ? 5 : 1);
    space->is_null = version == 2 && (rest & 255) == 2;
    for (int mode = 0; mode < order; mode++) {
        const uint64_t length = rlra_h5_take(&b, bytes);
        REQUIRE(length <= INT64_MAX, rlra_h5_damaged(file, "a shape", H5_NOWHERE));
        space->dims[mode] = (int64_t)length;
        space->most[mode] = length;
    }
    const uint64_t unlimited = bytes >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * bytes) - 1;
    for (int mode = 0; mode < order && (flags & 1); mode++) {
        const uint64_t most = rlra_h5_take(&b, bytes);
        space->most[mode] = most == unlimited ? H5_UNLIMITED : most;
        b.failed |= most < (uint64_t)space->dims[mode];
    }
    REQUIRE(!b.failed, rlra_h5_damaged(file, "a shape", H5_NOWHERE));
cleanup:
    return status;
}

int64_t rlra_h5_space_count(const h5_space *space)
{
    int64_t count = space->is_null ? 0 : 1;
    for (int mode = 0; mode < space->order; mode++)
        if (__builtin_mul_overflow(count, space->dims[mode], &count))
            return -1;
    return count;
}
