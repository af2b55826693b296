#!/bin/sh
# Install a build to an empty prefix, then build and run users' programs against it.
# usage: consumers.sh BUILD C_COMPILER CXX_COMPILER
set -eu
build=$1 cc=$2 cxx=$3
here=$(cd "$(dirname "$0")/consumer" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "consumers.sh: $*" >&2
    exit 1
}

# Installed, then moved: neither the CMake package nor rlra.pc may know the place they were installed to.
cmake --install "$build" --prefix "$work/staged" >/dev/null
mv "$work/staged" "$work/prefix"
prefix=$work/prefix

cmake -S "$here" -B "$work/found" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" 2>&1 &&
    cmake --build "$work/found" >>"$work/log" 2>&1 || {
    cat "$work/log"
    fail "find_package(rlra) does not give a program that builds"
}
"$work/found/consumer"

pc=$(find "$prefix" -name rlra.pc)
[ -n "$pc" ] || fail "no rlra.pc was installed"
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
libdir=$(pkg-config --variable=libdir rlra)
[ -e "$libdir/librlra.so" ] || fail "rlra.pc points to $libdir, where librlra.so is not"
$cc -std=c11 -Wall -Wextra -Werror "$here/consumer.c" -o "$work/by-pkg-config" \
    $(pkg-config --cflags --libs rlra) -Wl,-rpath,"$libdir"
"$work/by-pkg-config"

$cxx -std=c++11 -Wall -Wextra -Werror "$here/headers.cpp" -o "$work/from-cpp" \
    $(pkg-config --cflags --libs rlra) -Wl,-rpath,"$libdir"
"$work/from-cpp"
for header in "$prefix"/include/rlra/*.h; do
    printf '#include "rlra/%s"\nint nothing;\n' "$(basename "$header")" >"$work/alone.c"
    $cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$prefix/include" "$work/alone.c" ||
        fail "$(basename "$header") does not compile alone"
done

if [ -x "$prefix/bin/rlra" ]; then
    "$prefix/bin/rlra" --version >/dev/null || fail "the installed rlra does not run"
fi
