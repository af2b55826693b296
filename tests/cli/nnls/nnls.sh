# Nonnegative regression: the file and what is printed agree with sums over W, Y and X; formats, layouts and options.
python3 - <<'END'
import random
from arrays import write_npy
random.seed(3)
m, r, n = 12, 4, 9
w = [random.random() for _ in range(m * r)]
x = [random.random() * (random.random() < 0.5) for _ in range(r * n)]
y = [sum(w[i * r + k] * x[k * n + c] for k in range(r)) + 0.05 * random.gauss(0, 1) for i in range(m) for c in range(n)]
write_npy("W.npy", (m, r), w)
write_npy("Y.npy", (m, n), y)
write_npy("Wt.npy", (r, m), [w[i * r + k] for k in range(r) for i in range(m)])
write_npy("Yt.npy", (n, m), [y[i * n + c] for c in range(n) for i in range(m)])
write_npy("y.npy", (m,), y[::n])
write_npy("W32.npy", (m, r), w, "<f4")
write_npy("Y32.npy", (m, n), y, "<f4")
counts = [int(40 * random.random() * random.random() * random.random()) for _ in y]
write_npy("counts.npy", (m, n), counts, "<u2")
with open("counts.mtx", "w") as file:
    stored = [(i + 1, c + 1, counts[i * n + c]) for c in range(n) for i in range(m) if counts[i * n + c]]
    print("%%MatrixMarket matrix coordinate integer general", file=file)
    print(m, n, len(stored), file=file)
    for entry in stored:
        print(*entry, file=file)
END
table() { grep -v -E 'columns  |KKT|gap  |objective|relative' "$1" | sed 's/ *result .*//'; }
"$rlra" nnls W.npy Y.npy >table.txt && table table.txt && ls Y-nnls.npz
"$rlra" nnls W.npy Y.npy --json -o X.npz >run.json
cat >check.py <<'END'
import json, sys
from arrays import parse_npy, read_npz
def matrix(name):
    return parse_npy(open(name, "rb").read())
(m, r), w = matrix(sys.argv[1])
(_, n), y = matrix(sys.argv[2])
record, result = json.load(open("run.json")), read_npz("X.npz")
shape, x = result["X"]
least, worst, total = 0, 0, 0
for c in range(n):
    left = [y[i * n + c] - sum(w[i * r + k] * x[k * n + c] for k in range(r)) for i in range(m)]
    size = sum(y[i * n + c] ** 2 for i in range(m)) ** 0.5
    slopes = [sum(w[i * r + k] * left[i] for i in range(m)) for k in range(r)]
    worst = max([worst] + [s / size if x[k * n + c] == 0 else abs(s) / size for k, s in enumerate(slopes)])
    total += 0.5 * sum(v * v for v in left)
    least = min([least] + [x[k * n + c] for k in range(r)])
print(shape, "least", least, "optimal", worst < 1e-6, "loss", abs(total - record["loss"]) < 1e-5 * total,
      abs(sum(result["loss"][1]) - total) < 1e-5 * total, "gap", 0 <= record["gap"] < 1e-6 * total)
print(record["stop"], record["columns"], record["open_columns"], record["dtype"], record["exact"],
      record["kkt_residual"] == max(result["kkt_residual"][1]), record["options"]["tolerance"],
      record["options"]["max_sweeps"], record["options"]["prior"])
END
python3 check.py W.npy Y.npy
"$rlra" nnls W32.npy Y32.npy --json -o X.npz >run.json && python3 check.py W32.npy Y32.npy
"$rlra" nnls W32.npy Y.npy --json -o X.npz >run.json && python3 -c 'import json; print(json.load(open("run.json"))["dtype"])'
"$rlra" list --json | python3 -c '
import json, sys
print([c["own_defaults"] for c in json.load(sys.stdin)["commands"] if c["name"] == "nnls"])'
for format in npz npy csv tsv txt mat h5; do "$rlra" nnls W.npy Y.npy -q -o "X.$format" || echo "$format failed"; done
for format in npz npy csv tsv txt mat h5; do
    "$rlra" info "X.$format" | awk -v line="$format:" 'NR > 2 {
        line = line " " $1
        for (i = 2; $i ~ /^[0-9]+$/ || $i == "x"; i++)
            line = line " " $i
        line = line ","
    } END { print line }'
done
echo "--- a vector; the transpose; one column"
"$rlra" nnls W.npy y.npy -q -o x.npy && "$rlra" nnls W.npy Yt.npy --transpose Y -q -o Xt.npy
"$rlra" nnls Wt.npy Y.npy --transpose W -q -o X1.npy && "$rlra" nnls Wt.npy Yt.npy --transpose both -q -o Xt2.npy
python3 - <<'END'
from arrays import parse_npy
def matrix(name):
    return parse_npy(open(name, "rb").read())
x, one, turned, again, vector = (matrix(n) for n in ("X.npy", "X1.npy", "Xt.npy", "Xt2.npy", "x.npy"))
print(x[0], one[0], turned[0], again[0], vector[0])
close = lambda a, b: max(abs(p - q) for p, q in zip(a, b)) < 1e-12
print(close(x[1], one[1]), close(turned[1], again[1]), close(vector[1], x[1][::9]),
      close(x[1], [turned[1][c * 4 + k] for k in range(4) for c in range(9)]))
END
echo "--- options"
for options in "--sparsity 2" "--sum-to-one" "--upper 0.3" "--lower -0.2 --upper 0.3" "--prior nonneg,l1=0.1" "--update hals" \
    "--update fista --threads 2" "--front" "--front --sparsity 2" "--start X.npy --update hals"; do
    "$rlra" nnls W.npy Y.npy $options -o o.npz >table.txt || echo failed
    grep -E 'loss  |coefficients  |open' table.txt | tr -s ' '
done
echo "--- counts"
for file in counts.npy counts.mtx; do
    "$rlra" nnls W.npy $file --loss kl --json -o "$file.npz" >run.json
    python3 -c '
import json
r = json.load(open("run.json"))
print(r["loss_name"], r["open_columns"], r["kkt_residual"] <= 1e-8, round(r["objective"], 4), r["relative_error"])'
done
echo "--- a column that is not solved is told"
"$rlra" nnls W.npy Y.npy --update hals --max-sweeps 1 -o o.npz 2>err.txt | grep open
echo "-> $?, $(sed 's/column [0-9]* most.*): /.. /' err.txt)"
"$rlra" nnls W.npy Y.npy --update hals --max-sweeps 1 -o o.npz -q
"$rlra" nnls W.npy Y.npy --time-limit 0 -o o.npz 2>&1 | grep note | sed 's/column [0-9]* most.*): /.. /'
echo "--- the same file twice: X is the identity"
"$rlra" nnls W.npy W.npy -q -o I.npy && python3 -c '
from arrays import parse_npy
print([round(v, 9) for v in parse_npy(open("I.npy", "rb").read())[1]])'
