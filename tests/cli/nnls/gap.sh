# The gap of a regression: small at a solution on dependent columns, unknown rather than the objective, and true in single precision.
python3 - <<'END'
import random
from arrays import write_npy
random.seed(5)
m, n = 8, 4
w = [[random.random() for _ in range(3)] for _ in range(m)]
signed = [[random.gauss(0, 1) for _ in range(3)] for _ in range(m)]
y = [random.random() + (random.gauss(0, 1) if c else 0) for _ in range(m) for c in range(n)]
write_npy("Y.npy", (m, n), y)
write_npy("positive.npy", (m, 5), [v for row in w for v in row + [row[0], 0]])
write_npy("signed.npy", (m, 5), [v for row in signed for v in row + [row[0], 0]])
write_npy("opposite.npy", (m, 4), [v for row in signed for v in row + [-row[0]]])
write_npy("wide.npy", (3, 8), [random.random() for _ in range(24)])
write_npy("y3.npy", (3,), [1, -2, 0.5])
write_npy("counts.npy", (m, n), [int(9 * random.random()) for _ in range(m * n)])
scales = [1e5, 1e9, 1e7]
wide = [[s * (0.9 * row[0] + 0.1 * v) for s, v in zip(scales, row)] for row in w]
write_npy("scaled32.npy", (m, 3), [v for row in wide for v in row], "<f4")
fit = [sum(v / s for s, v in zip(scales, row)) for row in wide for _ in range(n)]
write_npy("Y32.npy", (m, n), [f * (1 + 1e-4 * random.gauss(0, 1)) for f in fit], "<f4")
END
report() {
    "$rlra" nnls "$@" --json -o out.npz >run.json && python3 - <<'END'
import json, math
from arrays import read_npz
record, gaps = json.load(open("run.json")), read_npz("out.npz")["gap"][1]
unknown = sum(math.isnan(gap) for gap in gaps)
assert (record["gap"] is None) == (unknown > 0)
small = 1e-12 if record["exact"] else 1e-7
assert unknown or 0 <= record["gap"] <= small * record["objective"], record["gap"]
print("unknown" if unknown else "closed", "in", unknown if unknown else len(gaps), "of", len(gaps), record["stop"])
END
}
for case in "positive.npy Y.npy" "signed.npy Y.npy" "wide.npy y3.npy" "signed.npy Y.npy --prior l1=0.1" \
    "positive.npy Y.npy --upper 0.3" "positive.npy Y.npy --sum-to-one" "opposite.npy Y.npy --lower -1 --upper 1" \
    "opposite.npy Y.npy --prior l1=0.1,l2=0.1" "positive.npy counts.npy --loss kl" "positive.npy counts.npy --loss kl --upper 2" \
    "positive.npy Y.npy --prior none" "positive.npy Y.npy --sparsity 2 --update omp" "opposite.npy Y.npy"; do
    echo "$case: $(report $case)"
done
"$rlra" nnls positive.npy Y.npy --prior none -o out.npz | grep -E 'rule|gap'
"$rlra" nnls positive.npy Y.npy --sparsity 2 --update omp -o out.npz | grep gap
"$rlra" nnls positive.npy Y.npy --front -o out.npz | grep gap
echo "--- single precision"
"$rlra" nnls scaled32.npy Y32.npy --json -o out.npz >run.json && python3 - <<'END'
import json
from arrays import parse_npy, read_npz
(m, r), w = parse_npy(open("scaled32.npy", "rb").read())
(_, n), y = parse_npy(open("Y32.npy", "rb").read())
x, record = read_npz("out.npz")["X"][1], json.load(open("run.json"))
loss = sum(0.5 * (y[i * n + c] - sum(w[i * r + k] * x[k * n + c] for k in range(r)))**2 for i in range(m) for c in range(n))
print(record["dtype"], "recomputed", abs(record["loss"] - loss) < 1e-6 * loss)
END
"$rlra" nnls scaled32.npy Y32.npy --dtype f64 --json -o out.npz >run64.json && python3 - <<'END'
import json
single, double = (json.load(open(name))["objective"] for name in ("run.json", "run64.json"))
print("least", 0 <= single - double < 1e-4 * double)
END
