/* rlra/export.h: marks what the shared library exports. */
#ifndef RLRA_EXPORT_H
#define RLRA_EXPORT_H

#if defined(__GNUC__)
#define RLRA_API __attribute__((visibility("default")))
#else
#define RLRA_API
#endif

#endif
