/* io/zip/format.h: the marks and numbers of zip archives, for reading and writing. */
#ifndef RLRA_IO_ZIP_FORMAT_H
#define RLRA_IO_ZIP_FORMAT_H

#define ZIP_LOCAL_HEADER   0x04034b50
#define ZIP_CENTRAL_HEADER 0x02014b50
#define ZIP_SIGNATURE      0x05054b50
#define ZIP64_RECORD       0x06064b50
#define ZIP64_LOCATOR      0x07064b50
#define ZIP_END_RECORD     0x06054b50

#define ZIP_LOCAL_BYTES   30
#define ZIP_CENTRAL_BYTES 46
#define ZIP_END_BYTES     22
#define ZIP64_END_BYTES   56
#define ZIP64_FINDER      20 /* bytes of the locator */

#define ZIP_ENCRYPTED  (1 << 0)
#define ZIP_SIZES_LATE (1 << 3) /* they follow the bytes of the member */
#define ZIP_UTF8_NAMES (1 << 11)

#define ZIP64_FIELD      1
#define ZIP_MOST_BYTES   UINT32_C(0xFFFFFFFF) /* means: see the 64-bit field */
#define ZIP_MOST_MEMBERS 0xFFFFu

#endif
