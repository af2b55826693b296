# Wrong usage ends with code 2 and one line that reports what was expected and what came.
try()
{
    code=0
    "$rlra" "$@" || code=$?
    echo "-> $code"
}
printf '1,2\n3,4\n' >a.csv
try nfm
try nmf
try nmf a.csv
try nmf a.csv -r 0
try nmf a.csv -r two
try nmf a.csv -r -1
try nmf a.csv -r
try nmf a.csv -r 1 --tolerence 1e-3
try nmf a.csv -r 1 --max_sweps=3
try nmf a.csv -r 1 --inner 3
try nmf a.csv -r 1 --frobnicate
try nmf a.csv -r 1 -x
try nmf a.csv -r 1 --tolerance 2
try nmf a.csv -r 1 --tolerance nan
try nmf a.csv -r 1 --update=gradient 2>&1 | sed 's/one of: auto .* hals .*;/one of: auto hals ..;/' >&2
try nmf a.csv -r 1 --dtype f16
try nmf a.csv -r 1 --quiet=yes
try nmf a.csv b.csv -r 1
try nmf a.csv -r 1 --init nnsvd
try nmf a.csv -r 1 --init model
try unmix a.csv -r 1 --pixel-order diagonal
try separable a.csv -r 1 --residual -3
try separable a.csv -r 1 --update hals
grep -q 'active_set' /dev/null || true
try list everything
try help nothing
