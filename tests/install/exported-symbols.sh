#!/bin/sh
# The shared library must export what the public headers mark RLRA_API: all of it and nothing else.
# usage: exported-symbols.sh LIBRARY INCLUDE_FOLDER
set -eu
library=$1 include=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A declaration ends at its first parenthesis; the word before that is the name.
sed 's,^ *#.*,,' "$include"/rlra/*.h |
    tr '\n' ' ' | tr ';' '\n' | sed -n 's/.*RLRA_API[^(]*[ *]\([a-z0-9_]*\)(.*/\1/p' | sort -u >"$work/declared"
[ -s "$work/declared" ] || {
    echo "exported-symbols.sh: no RLRA_API declaration found in $include" >&2
    exit 1
}
# Names that start with a dot are locks that clang makes for OpenMP; C cannot reach them.
nm -D --defined-only "$library" | awk '$2 !~ /^[aAwWvV]$/ { print $3 }' | sed 's/@.*//' |
    grep -v -e '^_init$' -e '^_fini$' -e '^\.' | sort -u >"$work/exported"

status=0
hidden=$(comm -23 "$work/declared" "$work/exported")
leaked=$(comm -13 "$work/declared" "$work/exported")
[ -z "$hidden" ] || {
    echo "declared RLRA_API but not exported:" $hidden
    status=1
}
[ -z "$leaked" ] || {
    echo "exported but not declared RLRA_API:" $leaked
    status=1
}
exit $status
