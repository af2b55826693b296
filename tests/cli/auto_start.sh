# What --init auto becomes follows the data, and is the same from a file, after a resume, and with two threads.
python3 - <<'END'
import random
from arrays import write_npy
random.seed(3)
rows, columns, rank = 6000, 60, 4
w = [[random.random() for _ in range(rank)] for _ in range(rows)]
h = [[float(j // 10 % rank == k) if j % 10 == 0 else random.random() / 2 for k in range(rank)] for j in range(columns)]
mixed = [sum(a * b for a, b in zip(row, column)) + 0.01 * random.random() for row in w for column in h]
write_npy("mixed.npy", (rows, columns), mixed)
write_npy("columns.npy", (columns, rows), [mixed[i * columns + j] for j in range(columns) for i in range(rows)])
write_npy("noise.npy", (rows, columns), [0.5 + random.random() for _ in range(rows * columns)])
write_npy("zeros.npy", (rows, columns), [x if random.random() < 0.2 else 0.0 for x in mixed])
END
became()
{
    python3 -c 'import json, sys; print(sys.argv[1], json.load(open(sys.argv[2] + "/run.json"))["init"])' "$1" "$2"
}
for data in mixed columns noise zeros; do
    "$rlra" nmf $data.npy -r 4 --max-sweeps 4 --threads 1 --quiet -o whole
    became $data whole
    "$rlra" nmf $data.npy -r 4 --plan | grep '^  start'
    "$rlra" nmf $data.npy -r 4 --max-sweeps 4 --threads 2 --quiet -o two
    # Windows of few long rows would take more than the data.
    if [ $data != columns ]; then
        "$rlra" nmf $data.npy -r 4 --max-sweeps 4 --memory-limit 3M -o parts | grep -c 'read from'
        became "$data from the file" parts
        cmp whole/factors.npz parts/factors.npz
    fi
    "$rlra" nmf $data.npy -r 4 --max-sweeps 2 --checkpoint kept --quiet -o first
    "$rlra" nmf $data.npy -r 4 --max-sweeps 4 --checkpoint kept --resume --quiet -o resumed
    became "$data resumed" resumed
    for other in two resumed; do
        cmp whole/factors.npz $other/factors.npz
    done
    rm -rf kept parts
done
"$rlra" nmf mixed.npy -r 4 --loss kl --plan | grep '^  start'
"$rlra" nmf mixed.npy -r 4 --prior H:nonneg,l1=0.1 --plan | grep '^  start'
printf '1 1 1\n2 2 1\n3 1 4\n' >cells.tns
"$rlra" nmf cells.tns -r 1 --init snpa_sample --quiet -o refused || echo "-> $?"
