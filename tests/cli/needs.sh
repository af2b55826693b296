# An option that has no effect, as what it needs was not chosen, is wrong usage and names its partner; with the partner it is taken.
python3 - <<'END'
from arrays import write_npy
write_npy("x.npy", (7, 6), [1 + (5 * i) % 7 for i in range(42)])
write_npy("cube.npy", (4, 3, 5), [1 + (5 * i) % 7 for i in range(60)])
END
try() {
    rm -rf out.npz
    echo "\$ $*"
    "$rlra" "$@" -o out.npz -q 2>&1
    echo "exit $?"
}
try nmf x.npy -r 2 --beta 1
try nmf x.npy -r 2 --beta 1.5
try nmf x.npy -r 2 --loss beta --beta 1.2 --max-sweeps 3
try nmf x.npy -r 2 --loss kl --beta 1
for command in 'nmf x.npy -r 2' 'cp cube.npy -r 2' 'unmix cube.npy -r 2' 'nnls x.npy x.npy'; do
    try $command --rho 1
    try $command --gamma 1.5
    try $command --node-limit 9
    try $command --update admm --order shuffled
done
try nmf x.npy -r 2 --update admm --rho 1
try nmf x.npy -r 2 --update msom --gamma 1.5
try nmf x.npy -r 2 --order shuffled
try nmf x.npy -r 2 --prior W:simplex --order shuffled
try nmf x.npy -r 2 --prior W:simplex --prior H:simplex --order shuffled
try nmf x.npy -r 2 --prior W:nonneg,hard_sparsity=1 --node-limit 9
try nmf x.npy -r 2 --update active_set --inner-sweeps 3
try nmf x.npy -r 2 --update fista --inner-sweeps 3
try nmf x.npy -r 2 --loss kl --pass modes
try nmf x.npy -r 2 --loss kl --pass auto
try nmf x.npy -r 2 --pass modes
try nmf x.npy -r 2 --holdout-seed 3
try nmf x.npy -r 2 --holdout 0 --holdout-seed 3
try nmf x.npy -r 2 --holdout 0.1 --holdout-seed 3
try nnls x.npy x.npy --sparsity 2 --node-limit 9
try nnls x.npy x.npy --sparsity 2 --update omp --node-limit 9
try nnls x.npy x.npy --front --node-limit 9
try topics x.npy -r 2 --resume
try topics x.npy -r 2 --update newton --inner-sweeps 2
try cp cube.npy -r 2 --checkpoint-every 5
try unmix cube.npy -r 2 --label-names names.txt
try unmix cube.npy -r 2 --resample
try unmix cube.npy -r 2 --pixel-order rows
try nnls x.npy cube.npy --pixel-order rows
# What is asked of text or of indices needs a file that has them; of two files one is enough.
printf 'a;b\n1,5;2\n2,5;3\n3,5;1\n' >w.csv
printf '%%%%MatrixMarket matrix coordinate real general\n3 2 3\n0 0 5\n1 1 2\n2 0 4\n' >zero.mtx
python3 -c 'from arrays import write_npy; write_npy("y.npy", (3, 4), [1 + i % 5 for i in range(12)])'
for command in 'nmf x.npy -r 2' 'cp cube.npy -r 2' 'unmix cube.npy -r 2' 'separable x.npy -r 2' 'topics x.npy -r 2' 'nnls y.npy y.npy'; do
    try $command --index-base 0
    try $command --decimal comma
done
"$rlra" info x.npy --index-base 0 >printed 2>&1 || cat printed
try nnls w.csv y.npy --decimal comma
try nnls zero.mtx y.npy --index-base 0
try nnls w.csv y.npy --index-base 0
try nmf zero.mtx -r 1
try nmf zero.mtx -r 1 --index-base 0
for command in 'nmf x.npy -r 2' 'cp cube.npy -r 2' 'unmix cube.npy -r 2'; do
    try $command --reach 3
    try $command --reach 3 --holdout 0.2
done
try nmf x.npy -r 2 --reach 3 --missing nan
try nmf x.npy -r 2 --reach 3 --weights x.npy
