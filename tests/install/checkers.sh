#!/bin/sh
# The checkers of tools/ must pass what is right and refuse what is wrong.
# usage: checkers.sh SOURCE_FOLDER
set -eu
tools=$1/tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src/core" "$work/src/linalg" "$work/src/update" "$work/src/solve" "$work/cli" "$work/examples"

refuses() {
    printf '%s\n' "$2" >"$work/$1"
    if "$tools/check-layers" "$work" >/dev/null 2>&1; then
        echo "check-layers passed $2 in $1"
        exit 1
    fi
    rm "$work/$1"
}
accepts() {
    printf '%s\n' "$2" >"$work/$1"
    "$tools/check-layers" "$work" >/dev/null || {
        echo "check-layers refused $2 in $1"
        exit 1
    }
}

accepts src/solve/a.c '#include "update/update.h"'
accepts src/linalg/a.c '#include <cblas.h>'
accepts cli/a.c '#include "rlra/rlra.h"'
refuses src/core/b.c '#include "model/factor.h"'
refuses src/update/b.c '#include "solve/problem.h"'
refuses src/update/b.c '#include <cblas.h>'
refuses src/solve/b.c '#include "../core/real.h"'
refuses cli/b.c '#include "core/check.h"'
refuses examples/b.c '  #  include "core/check.h"'

style_refuses() {
    if "$tools/check-style" "$work/style.c" >/dev/null 2>&1; then
        echo "check-style passed $1"
        exit 1
    fi
}
{
    echo '/* style.c: a file that is fine. */'
    printf 'int f(int x)\n{\n    for (int i = 0; i < x; i++) {\n        if (i > 2) {\n            x--;\n        }\n    }\n'
    printf '    return x;\n}\n'
} >"$work/style.c"
"$tools/check-style" "$work/style.c"
cp "$work/style.c" "$work/fine.c"
{ cat "$work/fine.c" && printf 'int g(void)\n{\n' && yes '    f(1);' | head -60 && echo '}'; } >"$work/style.c"
style_refuses "a function of 63 lines"
mkdir -p "$work/src/api"
for text in 'say --missing nan' '--%s must be' 'a: --x' hals "use 'mu'"; do
    { cat "$work/fine.c" && printf '/* --fine */\nconst char *text = "%s";\n' "$text"; } >"$work/src/api/style.c"
    if "$tools/check-style" "$work/src/api/style.c" >/dev/null 2>&1; then
        echo "check-style passed the message $text"
        exit 1
    fi
    cp "$work/src/api/style.c" "$work/style.c"
    "$tools/check-style" "$work/style.c"
done
rm "$work/src/api/style.c"
{ cat "$work/fine.c" && yes 'int f(int);' | head -400; } >"$work/style.c"
style_refuses "a file of more than 400 lines"
tail -n +2 "$work/fine.c" >"$work/style.c"
style_refuses "a file whose first line is code"
cp "$work/fine.c" "$work/style.c"
for part in many many_a.c many_b.h many_c.py many_d.sh; do
    cp "$work/fine.c" "$work/$part"
done
style_refuses "five files of one prefix in a folder"
rm "$work/many_d.sh"
"$tools/check-style" "$work/style.c" >/dev/null || {
    echo "check-style refused four files of one prefix in a folder"
    exit 1
}
