# Sparse files: info tells what is stored, nmf factorises them as it does their dense copies, other commands say that they cannot.
cp "$tests"/../data/io/sparse.mtx "$tests"/../data/io/sparse_csr.npz "$tests"/../data/io/sparse.mat .
printf '%%%%MatrixMarket matrix coordinate integer general\n3 4 4\n1 1 2\n1 1 3\n3 2 0\n3 4 -1\n' >counts.mtx
printf '1 1 1 2.5\n4 2 3 1\n' >order3.tns
"$rlra" info counts.mtx order3.tns sparse_csr.npz sparse.mat
echo "exit $?"
python3 - <<'END'
import random
random.seed(1)
table = [[random.randint(1, 9) if random.random() < 0.4 else 0 for _ in range(8)] for _ in range(12)]
with open("dense.csv", "w") as file:
    file.write("".join(",".join(map(str, row)) + "\n" for row in table))
stored = [(i + 1, j + 1, x) for i, row in enumerate(table) for j, x in enumerate(row) if x]
with open("twin.mtx", "w") as file:
    file.write(f"%%MatrixMarket matrix coordinate integer general\n12 8 {len(stored)}\n")
    file.write("".join("%d %d %d\n" % entry for entry in stored))
END
for data in twin.mtx dense.csv; do
    "$rlra" nmf "$data" -r 2 --seed 3 --init random --inner-sweeps 1 --pass modes -o "out-$data" | grep 'relative error'
done
"$rlra" nmf twin.mtx -r 2 --init snpa -o refused
echo "exit $?"
"$rlra" separable twin.mtx -r 2 -o refused
echo "exit $?"
"$rlra" cp order3.tns -r 2 -o refused
echo "exit $?"
"$rlra" nmf dense.csv -r 2 --init twin.mtx -o refused
echo "exit $?"
