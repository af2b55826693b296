# Escapes: a fit that stands goes on from a new component, and never ends higher; limits, resumed and streamed fits keep to that.
python3 - <<'END'
import random
from arrays import write_npy
random.seed(4)
rank, m, n = 7, 300, 40
a = [[random.random() if random.random() < 0.3 else 0 for _ in range(rank)] for _ in range(m)]
b = [[random.random() if random.random() < 0.4 else 0 for _ in range(rank)] for _ in range(n)]
write_npy("parts.npy", (m, n), [sum(x[k] * y[k] for k in range(rank)) + 0.05 * random.random() for x in a for y in b])
write_npy("long.npy", (12000, n), [sum(x[k] * y[k] for k in range(rank)) + 0.05 * random.random() for x in 40 * a for y in b])
write_npy("exact.npy", (6, 5), [x * y for x in (1, 2, 3, 4, 5, 6) for y in (1, 3, 2, 5, 4)])
END
fit()
{
    out=$1
    shift
    "$rlra" nmf parts.npy -r 6 --init random --seed 3 --quiet -o "$out" "$@"
}
fit plain --escapes 0
fit some --escapes 8 --checkpoint kept
fit two --escapes 8 --threads 2
fit short --escapes 8 --checkpoint cut --max-sweeps "$(python3 -c '
import json
print(json.load(open("plain/run.json"))["sweeps"] + 14)')"
cp short/run.json short.json
fit resumed --escapes 8 --checkpoint cut --resume
fit timed --escapes 1000 --time-limit 0.001
python3 - <<'END'
import csv, json
from arrays import read_npz
run = {name: json.load(open(name + "/run.json")) for name in ("plain", "some", "two", "short", "resumed", "timed")}
trace = [[float(row["objective"]), int(row["escapes"])] for row in csv.DictReader(open("some/trace.csv"))]
print("plain:", run["plain"]["escapes"], run["plain"]["escapes_kept"], run["plain"]["options"]["escapes"])
print("attempts:", 1 <= run["some"]["escapes"] <= 8, "kept as in the trace:", run["some"]["escapes_kept"] == trace[-1][1])
print("lower:", run["some"]["objective"] <= run["plain"]["objective"])
print("monotone:", all(b[0] <= a[0] and b[1] >= a[1] for a, b in zip(trace, trace[1:])), len(trace) == run["some"]["sweeps"] + 1)
same = lambda a, b: read_npz(a + "/factors.npz") == read_npz(b + "/factors.npz")
print("same for two threads:", same("some", "two"), "resumed within an attempt:", same("some", "resumed"),
      run["some"]["sweeps"] == run["resumed"]["sweeps"], run["resumed"]["checkpoint"]["resumed_sweeps"] == run["short"]["sweeps"])
print("cut short:", run["short"]["objective"] <= run["plain"]["objective"], run["short"]["stop"] == run["plain"]["stop"]
      or run["short"]["escapes_kept"] > 0)
print("timed:", run["timed"]["objective"] <= run["timed"]["start_objective"])
END
"$rlra" nmf parts.npy -r 6 --init random --seed 3 -o shown | grep -c -E '^  escapes +[0-9]+ tried, [0-9]+ kept$'
grep -c -E 'escapes.*[0-9]+ tried, [0-9]+ kept' shown/report.html
# From the file in every sweep.
"$rlra" nmf long.npy -r 6 --init random --escapes 3 --quiet -o whole
"$rlra" nmf long.npy -r 6 --init random --escapes 3 --memory-limit 4500K -o pieces | grep -c 'read from'
cmp whole/factors.npz pieces/factors.npz && grep -o -m1 '"escapes":	3' pieces/run.json
# Of several starts the best one escapes.
"$rlra" nmf parts.npy -r 6 --init random --starts 3 --escapes 4 --quiet -o series
python3 - <<'END'
import csv, json
record = json.load(open("series/run.json"))
best = [s["best"] for s in record["starts"]].index(True)
print("series:", record["escapes"] > 0, record["starts"][best]["objective"] == record["objective"] ==
      min(s["objective"] for s in record["starts"]), len(list(csv.reader(open("series/trace.csv")))) == record["sweeps"] + 2)
END
# Nothing to replace: one component, a model that equals the data, no escapes asked for.
for rank in 1 2; do
    "$rlra" nmf exact.npy -r $rank --escapes 5 --quiet -o exact && grep -o -m1 '"escapes":	[0-9]*' exact/run.json
done
"$rlra" nmf parts.npy -r 1 --plan | grep escapes
"$rlra" nmf parts.npy -r 6 --escapes 0 --plan | grep escapes
"$rlra" nmf parts.npy -r 6 --escapes 9 --plan | grep escapes
try()
{
    code=0
    "$rlra" "$@" || code=$?
    echo "-> $code"
}
try nmf parts.npy -r 6 --escapes -2
try nmf parts.npy -r 6 --escapes many
try nnls parts.npy parts.npy --escapes 3
