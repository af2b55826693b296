/* core/room.h: memory that a thread keeps from one task to the next. */
#ifndef RLRA_CORE_ROOM_H
#define RLRA_CORE_ROOM_H

#include "core/context.h"

/* One thread at a time takes pieces of it; what does not fit comes from the context, of which there may be several rooms. */
typedef struct room {
    rlra_context *context;
    void *block;
    char *base; /* of `size` bytes, within the block      */
    size_t size, used;
    size_t held, peak; /* bytes of all pieces that are out: now, and at most              */
    size_t lacked;     /* bytes that came from the context since the room was last renewed */
    int64_t pieces;    /* that are out                                                     */
} room;

/* An allocator that takes from the room; both must outlive what is taken. */
rlra_allocator rlra_room_allocator(room *r);

/* Where no piece is out, make the room larger if it was too small; without memory it is empty. */
void rlra_room_renew(room *r);

void rlra_room_free(room *r);

#endif
