# --plan reports what a fit would do, and does nothing.
python3 - <<'END'
import random
from arrays import write_npy
random.seed(1)
write_npy("noise.npy", (600, 500), [max(0.0, random.random() - 0.5) for _ in range(300000)])
write_npy("cube.npy", (20, 30, 40), [random.random() for _ in range(24000)], "<f4")
END
plan()
{
    RLRA_KERNELS=baseline "$rlra" "$@" --plan --threads 1 | sed '/workspace\|in all/s/[0-9][0-9.]* [KM]iB/N/g'
}
plan nmf noise.npy -r 5 --log log.jsonl --checkpoint state --starts 3 --quiet
plan cp cube.npy -r 3 --max-sweeps 7 --inner-sweeps 2 --pass modes
plan nmf noise.npy -r 5 --loss kl
printf '%%%%MatrixMarket matrix coordinate real general\n3 4 3\n1 1 2\n2 3 1\n3 4 5\n' >counts.mtx
plan nmf counts.mtx -r 2 --loss kl
ls
try()
{
    code=0
    "$rlra" nmf noise.npy --plan "$@" || code=$?
    echo "-> $code"
}
try -r 5 --update mu --prior W:none 2>&1 | sed 's/use one of: .*/use one of: ../'
try -r 1000000000
try -r 5 --update mu --prior W:nonsense 2>&1 | sed 's/known are: .*/known are: ../'
try -r 5 --starts 0
