# A matrix of nonnegative rank 2 is recovered, and the record agrees with the factors.
printf 'a,b,c,d\n4,2,6,1\n2,1,3,0.5\n0,3,3,6\n8,7,15,8\n4,5,9,7\n' >data.csv
"$rlra" nmf data.csv -r 2 --tolerance 1e-12 --decrease 0 --max-sweeps 5000 -o result >table.txt 2>progress.txt || exit 1
cat progress.txt
ls result
grep -c -E 'relative error|objective|KKT residual|sweeps|results' table.txt
python3 - <<'END'
import csv, json, math
from arrays import read_npz, relative_error
record = json.load(open("result/run.json"))
factors = read_npz("result/factors.npz")
values = [4, 2, 6, 1, 2, 1, 3, .5, 0, 3, 3, 6, 8, 7, 15, 8, 4, 5, 9, 7]
print(sorted((name, shape) for name, (shape, _) in factors.items()))
print("nonnegative:", all(x >= 0 for name in factors for x in factors[name][1]))
true = relative_error(5, 4, values, factors)
norm = math.sqrt(sum(x * x for x in values))
print("true error below 1e-10:", true < 1e-10)
print("told error agrees:", abs(record["relative_error"] - true) < 1e-13)
print("objective agrees:", abs(record["objective"] - 0.5 * (true * norm) ** 2) < 1e-12)
wanted = "objective relative_error kkt_residual sweeps seconds stop seed threads dtype options data version command_line " \
    "timings".split()
print("missing:", [name for name in wanted if name not in record])
print(record["data"]["shape"], record["dtype"], record["seed"], record["options"]["tolerance"])
trace = list(csv.DictReader(open("result/trace.csv")))
print(list(trace[0])[:3], trace[0]["sweep"], len(trace) == record["sweeps"] + 1)
costs = [float(row["objective"]) for row in trace]
print("falls:", all(b <= a + 1e-12 * costs[0] for a, b in zip(costs, costs[1:])))
page = open("result/report.html", encoding="utf-8").read()
print("page:", "rlra nmf data.csv" in page)
END
