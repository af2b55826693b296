/* io/hdf5/btree2.h: B-trees of version 2: all their records, in order. */
#ifndef RLRA_IO_HDF5_BTREE2_H
#define RLRA_IO_HDF5_BTREE2_H

#include "io/hdf5/bytes.h"

/* The bytes of a record are borrowed; a status other than RLRA_OK ends the visit. */
typedef rlra_status (*h5_record)(void *user, const unsigned char *record, size_t bytes);

/* Visit every record of a tree whose records are of this type (5: links by name, 8: attributes by name, 10: chunks ..), at
 * least `least` bytes long. */
rlra_status rlra_h5_btree2_visit(h5_file *file, uint64_t address, int type, size_t least, h5_record callback,
                                 void *user);

#endif
