# What rlra is built on; all are Debian 12 packages (tools/install-deps). OpenBLAS is for tests and bench, cJSON for these and the
# command-line tool; the library itself uses OpenMP and zlib.
find_package(PkgConfig REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
if(RLRA_TESTS OR RLRA_BENCH)
    pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
endif()
if(RLRA_CLI OR RLRA_TESTS OR RLRA_BENCH)
    pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
endif()
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
find_path(RANDOM123_INCLUDE Random123/philox.h REQUIRED)
