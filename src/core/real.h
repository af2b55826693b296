/* core/real.h: every file of the typed core is compiled twice: plainly (f64), and with RLRA_SINGLE (f32). */
#ifndef RLRA_CORE_REAL_H
#define RLRA_CORE_REAL_H

#include <float.h>

#if defined(RLRA_SINGLE)
typedef float real;
#define RLRA(name) rlra_f32_##name
#define REAL_EPS   FLT_EPSILON
#define REAL_MIN   FLT_MIN
#define REAL_DTYPE RLRA_DTYPE_F32
#else
typedef double real;
#define RLRA(name) rlra_f64_##name
#define REAL_EPS   DBL_EPSILON
#define REAL_MIN   DBL_MIN
#define REAL_DTYPE RLRA_DTYPE_F64
#endif

#endif
