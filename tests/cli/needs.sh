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
