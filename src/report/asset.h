/* report/asset.h: files that the build puts into the library (cmake/vega.cmake). */
#ifndef RLRA_REPORT_ASSET_H
#define RLRA_REPORT_ASSET_H

#include <stddef.h>

/* Bytes without a final zero. Vega has no bytes if libjs-vega was not installed at build time. */
extern const unsigned char rlra_asset_style[], rlra_asset_script[], rlra_asset_vega[];
extern const size_t rlra_asset_style_bytes, rlra_asset_script_bytes, rlra_asset_vega_bytes;

#endif
