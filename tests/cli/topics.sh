# Topics of counts: planted ones come out, whatever way the counts lie in their file; what is written is what was found.
set -e
python3 - <<'END'
import random
from arrays import write_npy
random.seed(4)
kinds = [["bold", "font", "glyph", "serif", "ünïcode"], ["actor", "film", "scene", "stage"], ["boil", "egg, fried", "oven", "salt", "stir"]]
words = sorted(word for kind in kinds for word in kind)
table = [[0] * len(words) for _ in range(60)]
for d, row in enumerate(table):
    for _ in range(30 + 10 * (d % 3)):
        row[words.index(random.choice(kinds[d % 3]))] += 1
open("words.txt", "w", encoding="utf-8").write("".join(word + "\n" for word in words))
open("dos.txt", "wb").write(b"\xef\xbb\xbf" + "\r\n".join(words).encode())
open("titles.txt", "w").write("".join("document %d of kind %d\n" % (d, d % 3) for d in range(60)))
stored = [(d + 1, w + 1, n) for d, row in enumerate(table) for w, n in enumerate(row) if n]
def write(name, rows, columns, entries):
    open(name, "w").write("%%%%MatrixMarket matrix coordinate integer general\n%d %d %d\n" % (rows, columns, len(entries)) +
                          "".join("%d %d %d\n" % entry for entry in entries))
write("counts.mtx", 60, 14, stored)
write("turned.mtx", 14, 60, [(w, d, n) for d, w, n in stored])
write("gaps.mtx", 62, 16, stored)
open("more.txt", "w", encoding="utf-8").write("".join(word + "\n" for word in words + ["zebra", "zinc"]))
write_npy("dense.npy", (60, 14), [n for row in table for n in row])
write_npy("single.npy", (60, 14), [n for row in table for n in row], "<f4")
END
cat >show.py <<'END'
import csv, json, sys
from arrays import read_npz
folder = sys.argv[1]
record, factors = json.load(open(folder + "/run.json")), read_npz(folder + "/factors.npz")
rows = list(csv.reader(open(folder + "/topics.csv", encoding="utf-8")))
(documents, rank), left = factors["factor_0"]
(words, _), right = factors["factor_1"]
weights, shares = factors["weights"][1], factors["shares"][1]
columns = lambda values, count: [sum(values[i * rank + k] for i in range(count)) for k in range(rank)]
print(folder, documents, "x", words, record["dtype"], rows[0], len(rows) - 1)
print("  columns sum to one:", all(abs(x - 1) < 1e-5 for x in columns(left, documents) + columns(right, words)))
print("  weights sum to the counts:", abs(sum(weights) - record["facts"]["sum of counts"]) < 1e-3 * sum(weights))
print("  rows of shares sum to one:", sum(abs(sum(shares[d * rank:(d + 1) * rank]) - 1) < 1e-9 for d in range(documents)),
      "zero:", sum(not any(shares[d * rank:(d + 1) * rank]) for d in range(documents)))
for k in range(rank):
    own = [row for row in rows[1:] if row[0] == str(k + 1)]
    likely = [row for row in own if float(row[3]) > 1e-3]
    falls = [row[3] for row in own] == sorted((row[3] for row in own), key=float, reverse=True)
    print("  %d: documents of kind %s," % (k + 1, sorted({d % 3 for d in range(60) if shares[d * rank + k] > 0.9})),
          "in order:", falls, "lifted:", all(float(row[4]) > 1 for row in likely), sorted(row[2] for row in likely))
END
"$rlra" topics counts.mtx --vocab words.txt --titles titles.txt -r 3 --top 5 -o first | sed '/sweeps/s/in .* s //; /objective/d; s/\(perplexity *[0-9.]\{4\}\).*/\1../'
ls first
python3 show.py first
"$rlra" topics turned.mtx --vocab dos.txt -r 3 --top 5 -o turned --quiet
python3 show.py turned | tail -n 3
"$rlra" topics turned.mtx --transpose -r 3 --top 5 -o numbers --quiet
python3 show.py numbers | tail -n 3
"$rlra" topics turned.mtx --vocab words.txt -r 3 -o note 2>&1 | sed -n 1,2p
for file in dense.npy single.npy; do
    "$rlra" topics "$file" --vocab words.txt -r 3 --top 5 -o "out-$file" --quiet
    python3 show.py "out-$file"
done
echo "--- documents without words, words that are never seen"
"$rlra" topics gaps.mtx --vocab more.txt -r 3 --top 5 -o gaps 2>&1 | sed -n 1,3p
python3 show.py gaps | sed -n 1,4p
python3 - <<'END'
from arrays import read_npz
factors = read_npz("gaps/factors.npz")
print("their rows are zero:", not any(factors["factor_0"][1][60 * 3:]), not any(factors["factor_1"][1][14 * 3:]))
END
echo "--- the seed decides"
for run in 7a 7b 8; do
    "$rlra" topics counts.mtx --vocab words.txt -r 3 --init random --seed "${run%[ab]}" --max-sweeps 5 -o "seed$run" --quiet
done
python3 - <<'END'
from arrays import read_npz
a, b, c = (read_npz("seed%s/factors.npz" % run) for run in ("7a", "7b", "8"))
print(a == b, a == c)
END
echo "--- the result is a start"
"$rlra" topics counts.mtx --vocab words.txt --init first/factors.npz --max-sweeps 1 -o again --quiet
python3 - <<'END'
import json
a, b = (json.load(open(folder + "/run.json")) for folder in ("first", "again"))
print(abs(b["start_objective"] / a["objective"] - 1) < 1e-6)
END
echo "--- the page"
grep -c '<figure class="bars"' first/report.html
grep -o 'Topic 1: [0-9.]* % of the words' first/report.html
grep -o '<td>document [0-9]* of kind [0-9]' first/report.html | wc -l
grep -c 'ünïcode' first/report.html
