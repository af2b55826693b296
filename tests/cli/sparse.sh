# Sparse files: info reports what is stored, nmf and cp factorise them as they do what stores the zeros, other commands report that they
# cannot.
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
python3 - <<'END'
import random
random.seed(2)
table = [[[random.randint(1, 9) if random.random() < 0.3 else 0 for _ in range(5)] for _ in range(6)] for _ in range(7)]
places = [(i + 1, j + 1, k + 1, table[i][j][k]) for i in range(7) for j in range(6) for k in range(5)]
stored = [place for place in places if place[3]]
random.shuffle(stored)
with open("tensor.tns", "w") as file:
    file.write("".join("%d %d %d %d\n" % entry for entry in stored))
with open("full.tns", "w") as file:
    file.write("".join("%d %d %d %d\n" % entry for entry in places))
END
for loss in frobenius kl; do
    for data in tensor.tns full.tns; do
        "$rlra" cp "$data" -r 2 --seed 3 --loss "$loss" --inner-sweeps 1 -o "out-$loss-$data" | grep 'relative error'
    done
done
"$rlra" cp tensor.tns -r 2 --plan | grep -E 'tensor.tns|data|stored'
"$rlra" cp tensor.tns -r 2 --missing unstored -o refused
echo "exit $?"
"$rlra" nmf dense.csv -r 2 --init twin.mtx -o refused
echo "exit $?"
