/* io/checkpoint.c: write the file of a checkpoint so that there always is a valid one, and check it when it is read. */
#include "io/checkpoint.h"

#include <inttypes.h>
#include <string.h>

#include "io/disk.h"

#define BYTE_ORDER_MARK UINT64_C(0x0102030405060708)
#define LAYOUT          UINT64_C(4)

static const char magic[8] = {'R', 'L', 'R', 'A', 'F', 'I', 'T', '\n'};

/* The header after the magic. */
typedef struct head {
    uint64_t mark, layout, identity_bytes, state_bytes;
} head;

#define HEAD_BYTES ((int64_t)(sizeof magic + sizeof(head)))

rlra_status rlra_checkpoint_begin(rlra_context *context, const char *path, const char *identity, size_t state_bytes,
                                  checkpoint_writer *w)
{
    rlra_status status = RLRA_OK;
    const head h = {BYTE_ORDER_MARK, LAYOUT, strlen(identity), state_bytes};
    *w = (checkpoint_writer){0};
    rlra_hash_begin(&w->sum);
    TRY(rlra_output_open(context, path, &w->out));
    TRY(rlra_checkpoint_add(w, magic, sizeof magic));
    TRY(rlra_checkpoint_add(w, &h, sizeof h));
    TRY(rlra_checkpoint_add(w, identity, strlen(identity)));
cleanup:
    if (status != RLRA_OK)
        rlra_checkpoint_discard(w);
    return status;
}

rlra_status rlra_checkpoint_add(checkpoint_writer *w, const void *bytes, size_t size)
{
    rlra_hash_add(&w->sum, bytes, size);
    w->bytes += (int64_t)size;
    return rlra_output_write(&w->out, bytes, size);
}

rlra_status rlra_checkpoint_end(checkpoint_writer *w, const char *previous)
{
    const uint64_t sum = rlra_hash_end(&w->sum);
    rlra_status status = rlra_output_write(&w->out, &sum, sizeof sum);
    w->bytes += (int64_t)sizeof sum;
    if (status != RLRA_OK) {
        rlra_checkpoint_discard(w);
        return status;
    }
    /* Link, not rename, so that there always is a checkpoint. Without links there is only one. */
    (void)rlra_disk_unlink(previous);
    (void)rlra_disk_link(w->out.target, previous);
    return rlra_output_commit(&w->out);
}

void rlra_checkpoint_discard(checkpoint_writer *w)
{
    rlra_output_discard(&w->out);
}

static rlra_status fail(const checkpoint_reader *r, const char *what)
{
    return rlra_fail(r->in.context, RLRA_ERR_FORMAT, "'%s' %s", r->in.path, what);
}

static rlra_status check_head(checkpoint_reader *r, head *h)
{
    if (r->in.size < HEAD_BYTES || memcmp(r->in.head, magic, sizeof magic) != 0)
        return fail(r, "is not a checkpoint of a fit");
    memcpy(h, r->in.head + sizeof magic, sizeof *h);
    if (h->mark != BYTE_ORDER_MARK)
        return fail(r, "was written on a machine of another byte order");
    const uint64_t left = (uint64_t)(r->in.size - HEAD_BYTES);
    if (h->layout != LAYOUT)
        return RLRA_OK; /* or damaged: the values that follow are valid if the checksum is right */
    if (h->identity_bytes > CHECKPOINT_IDENTITY_BYTES || h->state_bytes > left ||
        h->identity_bytes + h->state_bytes + sizeof(uint64_t) != left)
        return fail(r, "is truncated or damaged: its parts do not add up to its size");
    return RLRA_OK;
}

static rlra_status check_sum(const checkpoint_reader *r)
{
    unsigned char block[1 << 16];
    hash sum;
    uint64_t wanted;
    const int64_t end = r->in.size - (int64_t)sizeof wanted;
    rlra_hash_begin(&sum);
    for (int64_t at = 0; at < end;) {
        const size_t bytes = end - at < (int64_t)sizeof block ? (size_t)(end - at) : sizeof block;
        const rlra_status status = rlra_input_read(&r->in, at, block, bytes);
        if (status != RLRA_OK)
            return status;
        rlra_hash_add(&sum, block, bytes);
        at += (int64_t)bytes;
    }
    const rlra_status status = rlra_input_read(&r->in, end, &wanted, sizeof wanted);
    if (status != RLRA_OK)
        return status;
    return wanted == rlra_hash_end(&sum) ? RLRA_OK : fail(r, "is damaged: its checksum is wrong");
}

rlra_status rlra_checkpoint_open(rlra_context *context, const char *path, checkpoint_reader *r)
{
    rlra_status status = RLRA_OK;
    head h;
    *r = (checkpoint_reader){.in = {.fd = -1}};
    TRY(rlra_input_open(context, path, NULL, NULL, &r->in));
    TRY(check_head(r, &h));
    TRY(check_sum(r));
    REQUIRE(h.layout == LAYOUT,
            rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                      "'%s' is a checkpoint of layout %" PRIu64 ", and this version of rlra knows layout %" PRIu64
                      " only: resume with the version that wrote it, or start again",
                      path, h.layout, LAYOUT));
    r->identity = rlra_alloc(context, (size_t)h.identity_bytes + 1, 1);
    REQUIRE(r->identity != NULL, rlra_fail_memory(context, (size_t)h.identity_bytes + 1, 1, "a checkpoint"));
    TRY(rlra_input_read(&r->in, HEAD_BYTES, r->identity, (size_t)h.identity_bytes));
    r->identity[h.identity_bytes] = '\0';
    r->state_bytes = (size_t)h.state_bytes;
    r->at = HEAD_BYTES + (int64_t)h.identity_bytes;
cleanup:
    if (status != RLRA_OK)
        rlra_checkpoint_close(r);
    return status;
}

rlra_status rlra_checkpoint_read(checkpoint_reader *r, void *to, size_t bytes)
{
    const rlra_status status = rlra_input_read(&r->in, r->at, to, bytes);
    r->at += (int64_t)bytes;
    return status;
}

void rlra_checkpoint_close(checkpoint_reader *r)
{
    if (r->identity != NULL)
        rlra_free(r->in.context, r->identity);
    r->identity = NULL;
    rlra_input_close(&r->in);
}
