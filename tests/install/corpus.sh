#!/bin/sh
# tools/make-corpus counts what is in its records, the same way each time.
# usage: corpus.sh MAKE_CORPUS
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/records" <<'RECORDS'
Package: zoo-doc
Source: zoo (1.2)
Description: the animals of zoos
 Elephants, lions and C++.
 .
 More about lions.

Package: zoo
Description: Animals for the zoo

Package: lion
Description: a lions' den of C++

Package: none
RECORDS
expect() {
    [ "$1" = "$2" ] || {
        printf 'corpus.sh: expected:\n%s\ngot:\n%s\n' "$1" "$2" >&2
        exit 1
    }
}
for run in one two; do
    "$1" "$work/$run" --from "$work/records" --least 1 --most 1 --shortest 1 >"$work/printed"
done
cmp "$work/one/counts.mtx" "$work/two/counts.mtx"
expect 'animals c++ den elephants lions zoo zoos' "$(tr '\n' ' ' <"$work/one/words.txt" | sed 's/ $//')"
expect 'lion: a lions'"'"' den of C++
zoo: Animals for the zoo' "$(cat "$work/one/titles.txt")"
expect '%%MatrixMarket matrix coordinate integer general
2 7 9
1 2 1
1 3 1
1 5 1
2 1 2
2 2 1
2 4 1
2 5 2
2 6 1
2 7 1' "$(cat "$work/one/counts.mtx")"
"$1" "$work/few" --from "$work/records" --least 2 --most 1 --shortest 1 >"$work/printed"
expect 'c++ lions' "$(tr '\n' ' ' <"$work/few/words.txt" | sed 's/ $//')"
code=0
"$1" "$work/none" --from /dev/null 2>"$work/printed" || code=$?
expect 1 "$code"
grep -q 'no document' "$work/printed"
