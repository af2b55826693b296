# The generating columns of a separable matrix are picked.
printf '1,0,0.5,0.2,0,0.3\n0,1,0.5,0.3,0,0.3\n0,0,0,0.5,1,0.4\n2,1,1.5,1.2,1,1.3\n' >data.csv
for method in spa snpa; do
    "$rlra" separable data.csv -r 3 --method $method -o $method >$method.txt
    grep -A 4 '^Columns' $method.txt
    python3 - $method <<'END'
import json, sys
from arrays import read_npz
record, factors = json.load(open(sys.argv[1] + "/run.json")), read_npz(sys.argv[1] + "/factors.npz")
print(sorted(factors["columns"][1]), {type(c).__name__ for c in factors["columns"][1]}, record["relative_error"] < 1e-12, record["stop"], record["threads"] > 0)
print(sorted(record["options"]), record["options"]["method"])
END
done
"$rlra" separable data.csv -r 30 -o none
echo "-> $?"
# Weak pure columns (the second and the last) between strong mixtures: the two ends of the segment.
printf '4,0.1,3,8,0\n4,0,9,8,0.01\n4,0.1,3,8,0\n4,0,9,8,0.01\n' >two.csv
"$rlra" separable two.csv -r 2 --method rank_two -o two | grep -A 3 '^Columns'
"$rlra" separable two.csv -r 3 --method rank_two -o none
echo "-> $?"
