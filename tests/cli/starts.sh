# Several starts: the best is kept, the others are reported with how far they agree; a planted array is found by all.
python3 - <<'END'
import random
from arrays import write_npy
random.seed(2)
a, b, c = ([[random.random() for _ in range(3)] for _ in range(n)] for n in (9, 8, 7))
write_npy("cube.npy", (9, 8, 7), [sum(x[k] * y[k] * z[k] for k in range(3)) for x in a for y in b for z in c])
END
"$rlra" cp cube.npy -r 3 --starts 4 --seed 5 --tolerance 1e-9 --decrease 0 --log log.jsonl -o result >table.txt || exit 1
sed -n '3,4p' table.txt | sed 's/  *$//'
python3 - <<'END'
import csv, json
record = json.load(open("result/run.json"))
starts = record["starts"]
print([s["seed"] for s in starts], [s["init"] for s in starts], record["options"]["starts"], record["seed"])
best = [i for i, s in enumerate(starts) if s["best"]]
print("one best:", len(best), "least objective:", starts[best[0]]["objective"] == min(s["objective"] for s in starts))
print("it is the result:", record["objective"] == starts[best[0]]["objective"],
      record["sweeps"] == starts[best[0]]["sweeps"])
print("all agree:", all(s["match_score"] > 0.99 and s["least_match"] > 0.99 for s in starts))
trace = list(csv.DictReader(open("result/trace.csv")))
print("trace of the best:", [int(row["sweep"]) for row in trace] == list(range(record["sweeps"] + 1)))
# The best one is repeated, to escape from its end.
log = [json.loads(line) for line in open("log.jsonl")]
fits = [[row["sweep"] for row in log if row["start"] == n + 1] for n in range(4)]
print("log of all:", [len(rows) - rows[::-1].index(0) - 1 + s["sweeps"] + 1 == len(rows) for rows, s in zip(fits, starts)],
      sum(rows.count(0) for rows in fits))
page = open("result/report.html", encoding="utf-8").read()
print("page:", page.count("match with best"), "Starts (match" in page)
END
# The first start is that of a single fit, so that more starts are never worse.
"$rlra" cp cube.npy -r 3 --seed 5 --tolerance 1e-9 --decrease 0 -o single --quiet
python3 -c '
import json
one, all = json.load(open("single/run.json")), json.load(open("result/run.json"))
print("first is the single fit:", one["objective"] == all["starts"][0]["objective"], one["init"] == all["starts"][0]["init"])
print("single fit has no starts:", "starts" not in one, one["options"]["starts"])
'
# A start is ended by Ctrl-C, and so is the series.
python3 - <<'END'
import json, os, random, signal, subprocess, time
from arrays import write_npy
random.seed(1)
write_npy("noise.npy", (300, 200), [random.random() for _ in range(60000)])
running = subprocess.Popen([os.environ["rlra"], "nmf", "noise.npy", "-r", "8", "--starts", "100", "--tolerance", "0", "--decrease", "0",
                            "--max-sweeps", "300", "--log", "run.jsonl", "-o", "stopped", "--quiet"])
while not (os.path.exists("run.jsonl") and '"start":3' in open("run.jsonl").read()):
    time.sleep(0.02)
running.send_signal(signal.SIGINT)
code = running.wait(60)
record = json.load(open("stopped/run.json"))
print(code, 3 <= len(record["starts"]) < 100, [s["stop"] for s in record["starts"]][-1])
END
# Topics show both tables.
printf '%%%%MatrixMarket matrix coordinate integer general\n4 5 7\n1 1 2\n1 2 3\n2 1 4\n2 5 1\n3 3 5\n3 4 2\n4 4 4\n' >counts.mtx
"$rlra" topics counts.mtx -r 2 --starts 3 -o topics | grep -c -E '^  topic|^Starts|^  start  '
try()
{
    code=0
    "$rlra" nmf cube.npy -r 3 "$@" || code=$?
    echo "-> $code"
}
try --starts 0
try --starts 2.5
try --starts 1001
try --starts many
