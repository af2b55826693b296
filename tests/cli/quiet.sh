# In pipes there is no progress bar; --quiet prints nothing at all; --log writes a line of JSON for each sweep.
printf '4,2,6,1\n2,1,3,0.5\n0,3,3,6\n8,7,15,8\n4,5,9,7.5\n' >data.csv
"$rlra" nmf data.csv -r 2 -o a >out.txt 2>err.txt
wc -c <err.txt
head -n 1 out.txt
"$rlra" nmf data.csv -r 2 -o a --quiet --log run.jsonl >out.txt 2>err.txt
cat out.txt err.txt
python3 - <<'END'
import json
lines = [json.loads(line) for line in open("run.jsonl")]
record = json.load(open("a/run.json"))
print([line["sweep"] for line in lines] == list(range(record["sweeps"] + 1)))
print(sorted(lines[0]))
print(lines[-1]["objective"] >= 0, lines[0]["kkt_residual"])
END
