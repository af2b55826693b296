/* rlra/registry.h: lists of all members of the families of this library: losses, penalties, updates, starts, formats, ... */
#ifndef RLRA_REGISTRY_H
#define RLRA_REGISTRY_H

#include "rlra/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One member of a family; static memory. */
typedef struct rlra_member {
    const char *name;
    const char *summary;    /* one line */
    const char *properties; /* words separated by spaces, for example "row-separable"; may be "" */
    const char *reference;  /* author, year; may be "" */
} rlra_member;

/* How the library was built and which kernels it uses; static memory. */
typedef struct rlra_build {
    const char *version; /* "0.1.0" */
    const char *compiler;
    const char *blas;       /* "none: .." while the library needs no BLAS */
    const char *kernels;    /* the kernels chosen for this processor: "avx512", "avx2" or "baseline" */
    const char *precisions; /* "f32 f64" */
    const char *features;   /* optional features built in, for example "openmp zlib" */
    int threads;            /* threads used by default */
} rlra_build;

/** Name of family `index` ("loss", "penalty", "update", "init", "separable", "data", "format"), or NULL past the last. */
RLRA_API const char *rlra_family_at(int index);

/** Member `index` of a family, or NULL past the last (and for an unknown family). */
RLRA_API const rlra_member *rlra_member_at(const char *family, int index);

RLRA_API const rlra_build *rlra_build_info(void);

#ifdef __cplusplus
}
#endif
#endif
