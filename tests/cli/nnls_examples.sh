# The examples of the help text and of the guide run as written.
python3 - <<'END'
import random
from arrays import write_npy
random.seed(5)
m, r, n = 15, 3, 6
with open("spectra.csv", "w") as file:
    for _ in range(m):
        print(*(round(random.random(), 3) for _ in range(r)), sep=",", file=file)
write_npy("pixels.npy", (m, n), [random.random() for _ in range(m * n)])
write_npy("samples.npy", (n, m), [random.random() for _ in range(m * n)])
write_npy("rates.npy", (m, r), [random.random() for _ in range(m * r)])
write_npy("counts.npy", (m, n), [random.randrange(9) for _ in range(m * n)], "<u2")
END
"$rlra" help nnls | sed -n 's/^  rlra nnls/nnls/p' >help.txt
sed -n 's/^rlra nnls/nnls/p' "$tests/../../docs/guide/nnls.md" | sed 's/ *#.*//' >guide.txt
for list in help guide; do
    while read -r line; do
        # shellcheck disable=SC2086
        "$rlra" $line >out.txt 2>&1 || { echo "rlra $line"; cat out.txt; }
        ! grep -H note out.txt
    done <$list.txt
    echo "$list: at least 6 examples: $(($(wc -l <$list.txt) >= 6))"
done
