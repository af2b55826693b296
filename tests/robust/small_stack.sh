#!/bin/sh
# Readers and fits within a stack of 64 kB, as threads of other programs may have.
# usage: small_stack.sh RLRA
set -eu
rlra=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '4,2,6,1\n2,1,3,0.5\n0,3,3,6\n' >x.csv
gzip -k x.csv
head -c 192 /dev/zero >scene.bsq
printf 'ENVI\nsamples = 2\nlines = 3\nbands = 4\ndata type = 5\ninterleave = bsq\nbyte order = 0\n' >scene.hdr
ulimit -s 64
for file in x.csv x.csv.gz scene.bsq scene.hdr; do
    "$rlra" info "$file" >/dev/null || { echo "info $file: exit $?"; exit 1; }
done
"$rlra" nmf x.csv -r 2 -q -o out
"$rlra" info out/factors.npz >/dev/null
