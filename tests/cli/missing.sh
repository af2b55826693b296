# Missing entries: a mask, NaN and a sparse file mean the same; what is held out, raised or summed is reported; what does not go together is refused.
python3 - <<'END'
import random
random.seed(4)
W = [[random.random() for _ in range(3)] for _ in range(20)]
H = [[random.random() for _ in range(3)] for _ in range(15)]
Y = [[sum(a * b for a, b in zip(w, h)) for h in H] for w in W]
gone = [[random.random() < 0.2 or i == 4 or j == 7 for j in range(15)] for i in range(20)]
def write(name, table):
    with open(name, "w") as file:
        file.write("".join(",".join(row) + "\n" for row in table))
write("full.csv", [["%.6f" % y for y in r] for r in Y])
write("nan.csv", [["nan" if g else "%.6f" % y for y, g in zip(r, k)] for r, k in zip(Y, gone)])
write("mask.csv", [[str(int(not g)) for g in k] for k in gone])
write("weights.csv", [["0" if g else random.choice(["0.5", "1", "2"]) for g in k] for k in gone])
write("short.csv", [[str(int(not g)) for g in k] for k in gone[1:]])
entries = [(i + 1, j + 1, Y[i][j]) for i in range(20) for j in range(15) if not gone[i][j]]
with open("some.mtx", "w") as file:
    file.write("%%%%MatrixMarket matrix coordinate real general\n20 15 %d\n" % len(entries))
    file.write("".join("%d %d %.6f\n" % entry for entry in entries))
END
summary() { grep -E 'observed|no data|held out' | sed 's/error [0-9.e-]*/error E/'; }
fit() { "$rlra" nmf "$@" -r 3 -o out | summary; }
fit full.csv --mask mask.csv
fit nan.csv --missing nan
fit some.mtx --missing unstored
fit full.csv --weights weights.csv
python3 - <<'END'
rows = [line.split(",") for line in open("weights.csv").read().split()]
kept = [(i + 1, j + 1, w) for i, row in enumerate(rows) for j, w in enumerate(row) if w != "0"]
with open("weights.mtx", "w") as file:
    file.write("%%MatrixMarket matrix coordinate real general\n20 15 {}\n".format(len(kept)))
    file.write("".join("%d %d %s\n" % entry for entry in reversed(kept)))
END
fit some.mtx --missing unstored --weights weights.mtx
fit full.csv --holdout 0.1
fit full.csv --mask mask.csv --loss kl --holdout 0.1
fit some.mtx --missing unstored --loss is
fit some.mtx --missing unstored --holdout 0.1
"$rlra" cp full.csv --mask mask.csv -r 3 -o out | summary
python3 - <<'END'
import json
record = json.load(open("out/run.json"))
print(record["observed"], record["unobserved_rows"], record["options"]["holdout"], record["relative_error"] < 1e-3)
END
sed 's/0\.[0-9]*/0/2' full.csv >zeros.csv
"$rlra" nmf zeros.csv -r 3 --loss is --floor 1e-6 -o out | grep raised
"$rlra" nmf zeros.csv -r 3 --loss is -o refused
"$rlra" nmf some.mtx -r 3 --floor 1 -o refused
awk 'NR == 2 { $3 += 2 } { print } NR > 2 { last[NR % 2] = $0 } END { print last[0]; print last[1] }' some.mtx >again.mtx
"$rlra" nmf again.mtx -r 3 -o out | grep stored
for words in "nan.csv" "full.csv --mask weights.csv" "full.csv --mask short.csv" "full.csv --mask mask.csv --weights weights.csv" \
    "full.csv --missing unstored" "some.mtx --missing nan" "some.mtx --holdout 0.1" "some.mtx --mask mask.csv" \
    "some.mtx --weights weights.mtx" "some.mtx --missing unstored --weights weights.csv" \
    "full.csv --missing all" "full.csv --mask none.csv"; do
    # shellcheck disable=SC2086
    "$rlra" nmf $words -r 2 -o refused
    echo "exit $?"
done
[ ! -e refused ] || echo "a folder is left"
# Exact data of rank one, whose largest entry is missing: beyond what a component may reach.
printf '1,3,9\n3,9,27\n9,27,nan\n' >beyond.csv
"$rlra" nmf beyond.csv -r 1 --missing nan --reach 0.5 -o refused
"$rlra" nmf beyond.csv -r 1 --missing nan --reach 4 -o out | grep -c 'held back'
"$rlra" nmf beyond.csv -r 1 --missing nan -o out | grep 'held back'
