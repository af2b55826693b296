# Messages of the library name options in words that the command knows; where it has no such option, they name what else can be done.
printf '1,2,3,4\n2,nan,4,5\n3,4,5,9\n4,5,6,8\n' >nan.csv
printf '1,2,3,4\n2,0,4,5\n3,4,5,9\n4,5,6,8\n' >zero.csv
printf '%%%%MatrixMarket matrix coordinate real general\n3 3 4\n1 1 1\n2 2 nan\n3 3 2\n1 2 1\n' >nan.mtx
python3 - <<'END'
from arrays import write_npy
cube = [1.0 + (7 * i) % 5 for i in range(4 * 5 * 3)]
write_npy("fine.npy", (4, 5, 3), cube)
cube[16] = float("nan")
write_npy("cube.npy", (4, 5, 3), cube)
write_npy("cube32.npy", (4, 5, 3), cube, "<f4")
END
try() {
    echo "\$ $*"
    rm -rf out.npz
    "$rlra" "$@" -o out.npz 2>&1 && echo "exit 0"
}
# An option that is advised must be known: the command with the advice is never refused for it.
try nmf nan.csv -r 2
try nmf nan.csv -r 2 --missing nan -q
try cp cube.npy -r 2
try cp cube32.npy -r 2 --missing nan -q
try unmix nan.csv -r 2 --shape 2x2 -q
try separable nan.csv -r 2
try topics nan.csv -r 2
try topics nan.mtx -r 2
try nmf nan.mtx -r 2
try nnls nan.csv zero.csv
try nnls zero.csv nan.csv
try nnls zero.csv nan.csv --front
try nmf zero.csv -r 2 --loss is
try nmf zero.csv -r 2 --loss is --floor 0.01 -q
try unmix zero.csv -r 2 --loss is --shape 2x2 -q
try nnls zero.csv zero.csv --sparsity 5
try nnls zero.csv zero.csv --sparsity -1
for command in nmf cp unmix topics; do
    try $command zero.csv -r 2 --max-sweeps -1
    try $command zero.csv -r 2 --tolerance much
    try $command zero.csv -r 2 --update als | sed 's/one of: .*;/one of: RULES;/'
done
try nmf zero.csv -r 2 --checkpoint kept -q

try nmf zero.csv -r 2 --checkpoint kept
"$rlra" nmf zero.csv -r 2 -o out.npz --checkpoint kept --resume -q || echo "--resume is refused"
# Words for what is missing are NaN in a scene, as NaN are, without an option.
printf '1,2,3,4\n2,NA,4,5\n3,4,5,9\n4,5,6,8\n' >na.csv
try unmix na.csv -r 2 --shape 2x2 -q
try nnls zero.csv na.csv
printf '%%%%MatrixMarket matrix coordinate real general\n3 3 2\n1 1 inf\n3 3 2\n' >inf.mtx
try topics inf.mtx -r 2
# The reason why a fit ended is given in such words, too.
"$rlra" nmf zero.csv -r 2 --tolerance 0 --decrease 0.1 -o out | sed -n 's/.*(\(the objective .*\))/\1/p'
grep -c 'fell by less than --decrease' out/report.html
