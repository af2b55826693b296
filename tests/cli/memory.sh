# What does not fit into memory is refused before anything is made of it; RLRA_MEMORY sets how much there is.
python3 - <<'END'
from arrays import write_npy
write_npy("x.npy", (30, 20), [float(k % 11) for k in range(600)])
END
try()
{
    code=0
    echo "> $*"
    "$rlra" "$@" 2>&1 | sed '/workspace\|in all\|the fit needs/s/[0-9][0-9.]* [KMGT]iB/N/g' || code=$?
}
printf '%%%%MatrixMarket matrix coordinate real general\n2000000000 2000000000 2\n1 1 1\n2000000000 2 3\n' >few.mtx
printf '1 1 1 1.5\n2000000000 2000000000 2 3\n' >few.tns
printf '%%%%MatrixMarket matrix coordinate real general\n3 2000000000 2\n1 1 1\n3 2 3\n' >wide.mtx
printf '1,2\n3,4\n5,7\n' >w.csv
export RLRA_MEMORY=2G
try info few.mtx
for command in nmf cp topics; do
    try $command few.mtx -r 2
done
try cp few.tns -r 3
try nnls w.csv wide.mtx
try nnls w.csv wide.mtx --front --sparsity 2
try nmf x.npy -r 100000
RLRA_KERNELS=baseline try nmf x.npy -r 100000 --plan --threads 1
try nmf x.npy -r 20000 --starts 50 --dtype f32
export RLRA_MEMORY=20K
try unmix x.npy --shape 4x5 -r 2
try separable x.npy -r 2
unset RLRA_MEMORY
try nmf x.npy -r 400 --memory-limit 1M
try nmf x.npy -r 400 --holdout 0.1 --memory-limit 1M
ls
