# An array of nonnegative rank 2 and order 3 is recovered by the same driver.
python3 - <<'END'
from arrays import write_npy
a, b, c = [[1, 0], [2, 1], [0, 3]], [[1, 2], [3, 0], [1, 1], [0, 2]], [[2, 1], [1, 0], [0, 1], [1, 3], [2, 2]]
write_npy("cube.npy", (3, 4, 5), [sum(x[k] * y[k] * z[k] for k in (0, 1)) for x in a for y in b for z in c])
END
"$rlra" cp cube.npy -r 2 --seed 1 --tolerance 1e-12 --decrease 0 --max-sweeps 20000 -o result --quiet || exit 1
python3 - <<'END'
import json
from arrays import read_npz
record = json.load(open("result/run.json"))
print(record["data"]["shape"], record["relative_error"] < 1e-8)
print(sorted((name, shape) for name, (shape, _) in read_npz("result/factors.npz").items()))
END
