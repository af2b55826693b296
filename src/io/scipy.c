/* io/scipy.c: sparse matrices as scipy.sparse.save_npz() writes them: .npz archives of a format, a shape and its parts. */
#include <stdio.h>
#include <string.h>

#include "io/dataset.h"
#include "io/format.h"
#include "io/npz_member.h"

/* The members that make a sparse matrix, as bits. */
enum { FORMAT = 1, SHAPE = 2, DATA = 4, INDICES = 8, INDPTR = 16, ROW = 32, COL = 64 };
#define COMPRESSED (FORMAT | SHAPE | DATA | INDICES | INDPTR)
#define COORDINATE (FORMAT | SHAPE | DATA | ROW | COL)

typedef struct archive {
    const input *in;
    zip_t *zip;
} archive;

static int members_of(const archive *a)
{
    static const char *const names[] = {"format", "shape", "data", "indices", "indptr", "row", "col"};
    char name[NPZ_NAME_BYTES];
    int found = 0;
    const zip_int64_t entries = zip_get_num_entries(a->zip, 0);
    for (zip_int64_t index = 0; index < entries; index++)
        for (int k = 0; k < 7 && rlra_npz_name(a->zip, (zip_uint64_t)index, name); k++)
            found |= strcmp(name, names[k]) == 0 ? 1 << k : 0;
    return found;
}

/* Whoever names arrays of his own so has made the format. A dense matrix beside them would be another format. */
static int is_sparse(int members)
{
    return (members & COMPRESSED) == COMPRESSED || (members & COORDINATE) == COORDINATE;
}

static int detect(const input *in)
{
    input quiet = *in;
    archive a = {.in = &quiet};
    quiet.context = NULL; /* that it cannot be opened is told by the reader of .npz */
    if (!rlra_npz_detect(in) || rlra_npz_open(&quiet, &a.zip) != RLRA_OK)
        return 0;
    const int found = is_sparse(members_of(&a));
    zip_discard(a.zip);
    return found;
}

/* Open a member that must be a vector, or hold one entry if `count` is 1. */
static rlra_status open_part(const archive *a, const char *name, npz_member *member, npy_header *header, int64_t *count)
{
    rlra_status status = RLRA_OK;
    TRY(rlra_npz_open_named(a->in, a->zip, name, member, header));
    REQUIRE(header->order == 1 && header->type.kind != SCALAR_NONE,
            rlra_fail(a->in->context, RLRA_ERR_FORMAT,
                      "'%s:%s' has order %d and holds %s, expected a vector of numbers", a->in->path, name,
                      header->order, header->stored));
    TRY(rlra_shape_check(a->in, name, &header->shape, header->type.bytes, member->available - header->bytes, count));
cleanup:
    return status;
}

/* "csr", "csc" or "coo". */
static rlra_status read_format(const archive *a, char *format, size_t room)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.file = NULL};
    npy_header header;
    char *text = NULL;
    TRY(rlra_npz_open_named(a->in, a->zip, "format", &member, &header));
    TRY(rlra_npy_text_read(a->in, "format", &header, &member.base, member.available, &text));
    snprintf(format, room, "%s", text);
cleanup:
    rlra_free(a->in->context, text);
    rlra_npz_close(&member);
    return status;
}

/* A vector of integers of a known length into `to`. */
static rlra_status read_integers(const archive *a, const char *name, int64_t expected, int64_t *to)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.file = NULL};
    npy_header header;
    int64_t count;
    TRY(open_part(a, name, &member, &header, &count));
    REQUIRE(count == expected, rlra_fail(a->in->context, RLRA_ERR_FORMAT, "'%s:%s' has %lld numbers, expected %lld",
                                         a->in->path, name, (long long)count, (long long)expected));
    TRY(rlra_integers_read(a->in, name, &member.base, header.type, count, to));
    TRY(rlra_npz_check_end(&member));
cleanup:
    rlra_npz_close(&member);
    return status;
}

/* Shape, storage and number of entries; `header` gets that of the values. */
static rlra_status describe(const archive *a, rlra_sparse *s, npy_header *header)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.file = NULL};
    char format[16];
    *s = (rlra_sparse){.order = 2};
    TRY(read_format(a, format, sizeof format));
    s->compressed = strcmp(format, "csr") == 0 ? 0 : strcmp(format, "csc") == 0 ? 1 : -1;
    REQUIRE(s->compressed >= 0 || strcmp(format, "coo") == 0,
            rlra_fail(a->in->context, RLRA_ERR_FORMAT,
                      "'%s' holds a sparse matrix in format '%s', expected csr, csc or coo", a->in->path, format));
    TRY(read_integers(a, "shape", 2, s->dims));
    TRY(open_part(a, "data", &member, header, &s->count));
    REQUIRE(s->dims[0] >= 1 && s->dims[1] >= 1,
            rlra_fail(a->in->context, RLRA_ERR_FORMAT, "'%s' is %lld x %lld, expected at least one row and column",
                      a->in->path, (long long)s->dims[0], (long long)s->dims[1]));
cleanup:
    rlra_npz_close(&member);
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    archive a = {.in = in};
    rlra_sparse s;
    npy_header header;
    char stored[48];
    TRY(rlra_npz_open(in, &a.zip));
    TRY(describe(&a, &s, &header));
    snprintf(stored, sizeof stored, "sparse %s", header.stored);
    const rlra_variable told = {"", stored, 2, s.dims, 1};
    callback(user, &told);
cleanup:
    if (a.zip != NULL)
        zip_discard(a.zip);
    return status;
}

static rlra_status read_values(const archive *a, rlra_dataset *to)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.file = NULL};
    npy_header header;
    int64_t count;
    TRY(open_part(a, "data", &member, &header, &count));
    TRY(rlra_dataset_fill_values(to, &member.base, header.type));
    TRY(rlra_npz_check_end(&member));
cleanup:
    rlra_npz_close(&member);
    return status;
}

/* No vector of `starts` can be longer than the archive allows: looked up before there is memory for it. */
static rlra_status check_starts(const archive *a, const rlra_sparse *s)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.file = NULL};
    npy_header header;
    int64_t count;
    TRY(open_part(a, "indptr", &member, &header, &count));
    REQUIRE(count == s->dims[s->compressed] + 1,
            rlra_fail(a->in->context, RLRA_ERR_FORMAT,
                      "'%s:indptr' has %lld numbers, expected %lld for a matrix of %lld x %lld", a->in->path,
                      (long long)count, (long long)s->dims[s->compressed] + 1, (long long)s->dims[0],
                      (long long)s->dims[1]));
cleanup:
    rlra_npz_close(&member);
    return status;
}

static rlra_status read_matrix(const input *in, const char *name, rlra_read_dtype asked, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    archive a = {.in = in};
    rlra_dataset *made = NULL;
    rlra_sparse s;
    npy_header header;
    char stored[48];
    TRY(rlra_npz_open(in, &a.zip));
    TRY(describe(&a, &s, &header));
    s.dtype = rlra_scalar_target(header.type, asked);
    if (s.compressed >= 0)
        TRY(check_starts(&a, &s));
    snprintf(stored, sizeof stored, "sparse %s", header.stored);
    TRY(rlra_dataset_create_sparse(in->context, "scipy", name, stored, &s, &made));
    if (s.compressed >= 0) {
        TRY(read_integers(&a, "indptr", s.dims[s.compressed] + 1, made->starts));
        TRY(read_integers(&a, "indices", s.count, made->indices[1 - s.compressed]));
    } else {
        TRY(read_integers(&a, "row", s.count, made->indices[0]));
        TRY(read_integers(&a, "col", s.count, made->indices[1]));
    }
    TRY(rlra_dataset_check_sparse(in, made));
    TRY(read_values(&a, made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    if (a.zip != NULL)
        zip_discard(a.zip);
    return status;
}

const format_ops rlra_format_scipy = {
    .about = {"scipy", "a sparse matrix of SciPy in .npz: csr, csc or coo", "read sparse", "scipy.sparse.save_npz"},
    .endings = "",
    .detect = detect,
    .list = list,
    .read = read_matrix,
};
