# Regressions that cannot be done end with one sentence that reports what was expected, what came and where.
try()
{
    code=0
    "$rlra" nnls "$@" 2>err.txt || code=$?
    sed -E 's/(update must be one of|use one of|known are): [a-z0-9_:, ]*[a-z0-9_]/\1: ../' err.txt
    echo "-> $code"
}
printf '1,2\n3,4\n5,6.5\n' >W.csv
printf '1,0\n2,1\n3,5\n' >Y.csv
echo "--- usage"
try
try W.csv
try W.csv Y.csv Y.csv
try W.csv Y.csv --rank 3
try W.csv Y.csv --transpose X
try W.csv Y.csv --front --start Y.csv
try W.csv Y.csv -o X
try W.csv Y.csv -o X.png
try W.csv Y.csv --front -o X.csv
try W.csv Y.csv --update newtons
try W.csv Y.csv --sparsity -1
echo "--- shapes"
printf '1,2,3\n4,5,6\n' >wide.csv
printf '1\n2\n' >short.csv
python3 - <<'END'
from arrays import write_npy
write_npy("cube.npy", (2, 3, 4, 2), range(48))
write_npy("vector.npy", (3,), [1, 2, 3])
write_npy("none.npy", (3, 0), [])
write_npy("huge.npy", (3, 1), [1, float("inf"), 2])
END
try W.csv wide.csv
try wide.csv Y.csv
try wide.csv cube.npy
try W.csv short.csv
try W.csv cube.npy
try vector.npy Y.csv
try W.csv none.npy
try none.npy Y.csv
try W.csv Y.csv --start wide.csv
echo "--- entries"
printf '1,2\nnan,4\n5,6\n' >nan.csv
printf '1,2\n3,-4\n5,6\n' >negative.csv
printf '1,2\n0,0\n5,6\n' >empty_row.csv
try nan.csv Y.csv
try W.csv nan.csv
try W.csv huge.npy
try W.csv negative.csv --loss kl
try W.csv Y.csv --loss is
try negative.csv Y.csv --loss kl
try empty_row.csv Y.csv --loss kl
try W.csv negative.csv --update mu
echo "--- penalties"
try W.csv Y.csv --sparsity 3
try W.csv Y.csv --update active_set --sparsity 1
try W.csv Y.csv --update k_sparse
try W.csv Y.csv --update ls
try W.csv Y.csv --loss kl --prior l1=0.1
try W.csv Y.csv --loss kl --update hals
try W.csv Y.csv --front --loss kl
try W.csv Y.csv --front --upper 1
try W.csv Y.csv --upper -1
try W.csv Y.csv --upper much
try W.csv Y.csv --prior frobnicate
try W.csv Y.csv --prior l1=-1
echo "--- files"
echo 'not an array' >text.npy
head -c 100 cube.npy >cut.npy
mkdir folder.npz
try missing.npy Y.csv
try W.csv missing.npy
try W.csv text.npy
try W.csv cut.npy
try W.csv Y.csv -o nowhere/X.npz
try W.csv Y.csv -o W.csv/X.npz
try W.csv Y.csv -o folder.npz
try W.csv Y.csv -o ./Y.csv
ls
