# --dtype chooses the precision of the factors; the same seed gives the same bytes for any number of threads.
printf '4,2,6,1\n2,1,3,0.5\n0,3,3,6\n8,7,15,8\n4,5,9,7\n' >data.csv
"$rlra" nmf data.csv -r 2 --dtype f32 -o single --quiet
"$rlra" nmf data.csv -r 2 --dtype f64 -o double --quiet
for run in single double; do
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1] + "/run.json"))["dtype"])' $run
done
python3 -c '
import random
from arrays import write_npy
random.seed(2)
write_npy("large.npy", (400, 300), [random.random() for _ in range(120000)])
'
for threads in 1 2 3; do
    "$rlra" nmf large.npy -r 7 --init random --seed 3 --max-sweeps 20 --threads $threads -o "t$threads" --quiet
    python3 -c "from arrays import read_npz; print(read_npz(\"t$threads/factors.npz\"))" | cksum >"sum$threads"
done
cmp sum1 sum2 && cmp sum1 sum3 && echo same
