/* io/hdf5/object.h: object headers: the messages that describe an object. */
#ifndef RLRA_IO_HDF5_OBJECT_H
#define RLRA_IO_HDF5_OBJECT_H

#include "io/hdf5/bytes.h"

/* Types of messages. */
enum {
    H5_MESSAGE_SPACE = 0x01,
    H5_MESSAGE_LINK_INFO = 0x02,
    H5_MESSAGE_TYPE = 0x03,
    H5_MESSAGE_FILL_OLD = 0x04,
    H5_MESSAGE_FILL = 0x05,
    H5_MESSAGE_LINK = 0x06,
    H5_MESSAGE_EXTERNAL = 0x07,
    H5_MESSAGE_LAYOUT = 0x08,
    H5_MESSAGE_FILTERS = 0x0b,
    H5_MESSAGE_ATTRIBUTE = 0x0c,
    H5_MESSAGE_CONTINUATION = 0x10,
    H5_MESSAGE_SYMBOLS = 0x11,
    H5_MESSAGE_DRIVER = 0x14,
    H5_MESSAGE_ATTRIBUTE_INFO = 0x15,
    H5_MESSAGE_CACHE_IMAGE = 0x18
};

typedef struct h5_message {
    int type, flags;
    size_t bytes;
    const unsigned char *body;
} h5_message;

/* An object header; owns its memory; starts as {0}. */
typedef struct h5_object {
    uint64_t address;
    int count;
    h5_message *messages;
    int room, blocks, block_room;
    unsigned char **block; /* memory that the bodies point into */
    int64_t bytes;         /* bytes of all blocks */
} h5_object;

/* Open the object at an address. References to shared messages (committed types) are replaced by these. Must be closed also
 * after a failure. */
rlra_status rlra_h5_object_open(h5_file *file, uint64_t address, h5_object *object);
void rlra_h5_object_close(h5_file *file, h5_object *object);

/* The first message of this type, or NULL. */
const h5_message *rlra_h5_message(const h5_object *object, int type);

int rlra_h5_is_group(const h5_object *object);
int rlra_h5_is_set(const h5_object *object);

/* The message that a shared one refers to, given the bytes of the reference, in new memory: `block` is freed by rlra_free(). */
rlra_status rlra_h5_shared(h5_file *file, int type, h5_bytes *reference, h5_message *message, unsigned char **block);

#endif
