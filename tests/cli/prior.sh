# Priors are read per factor; what cannot be read is wrong usage.
printf '4,2,6,1\n2,1,3,0.5\n0,3,3,6\n8,7,15,8\n4,5,9,7\n' >data.csv
try()
{
    code=0
    "$rlra" nmf data.csv -r 2 --quiet "$@" 2>err.txt || code=$?
    echo "$* -> $code"
}
try --prior nonneg
try --prior X:nonneg
try --prior 2:nonneg
try --prior :nonneg
try --prior W:
try --prior W:nonnegative
grep -c 'nonnegative' err.txt
try --prior W:l1=many
try --prior W:l1=-1
try --prior W:nonneg,l1=0.1 --prior H:nonneg
try --prior 0:nonneg --prior 1:simplex -o simplex
try --prior W:none --prior H:none --update ls -o free
python3 - <<'END'
import json
from arrays import read_npz
shape, values = read_npz("simplex/factors.npz")["factor_1"]
print("rows sum to one:", all(abs(sum(values[2 * j:2 * j + 2]) - 1) < 1e-9 for j in range(shape[0])))
print(json.load(open("simplex/run.json"))["options"]["prior"])
END
