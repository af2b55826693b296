# A scene of two pure halves and a mixed line: spectra, maps and names come out, for every layout of the same pixels.
python3 - <<'END'
from arrays import write_npy
grass, water = [1, 2, 8, 9, 4, 3], [5, 4, 3, 2, 1, 1]
height, width = 4, 5
part = [[1, 1, 0.5, 0, 0]] * height
cube = [[[part[i][j] * g + (1 - part[i][j]) * w for g, w in zip(grass, water)] for j in range(width)] for i in range(height)]
write_npy("cube.npy", (height, width, 6), [x for line in cube for pixel in line for x in pixel])
write_npy("rows.npy", (6, height * width), [cube[i][j][b] for b in range(6) for i in range(height) for j in range(width)])
write_npy("columns.npy", (6, height * width), [cube[i][j][b] for b in range(6) for j in range(width) for i in range(height)])
write_npy("first.npy", (6, height, width), [cube[i][j][b] for b in range(6) for i in range(height) for j in range(width)])
write_npy("labels.npy", (height, width), [2 if j < 2 else 7 if j > 2 else 0 for i in range(height) for j in range(width)])
write_npy("waves.npy", (6,), [400, 500, 600, 700, 800, 900])
open("names.txt", "w").write("1 nothing\n2 grass\n7 water\n")
open("library.csv", "w").write("wavelength,lake,meadow\n" + "".join(
    "%g,%g,%g\n" % (400 + 100 * b, 2 * water[b], grass[b]) for b in range(6)))
END
show()
{
    python3 - "$1" <<'END'
import json, sys
from arrays import read_npz
record, factors = json.load(open(sys.argv[1] + "/run.json")), read_npz(sys.argv[1] + "/factors.npz")
shape, maps = factors["abundance_maps"]
print(shape, record["data"]["scene"], record["relative_error"] < 1e-6, record["options"]["init"])
for row in record["tables"]["Components"]:
    k = int(row["component"]) - 1
    print("  first line:", " ".join("%.2f" % abs(x) for x in maps[20 * k:20 * k + 5]), *list(row.values())[1:])
END
}
set -e
names='--labels labels.npy --label-names names.txt'
"$rlra" unmix cube.npy -r 2 $names --wavelengths waves.npy -o cube --quiet
show cube
"$rlra" unmix rows.npy -r 2 --shape 4x5 $names -o rows --quiet
show rows
"$rlra" unmix columns.npy -r 2 --shape 4x5 --pixel-order columns $names -o columns --quiet
show columns
"$rlra" unmix first.npy -r 2 --shape 4x5 --library library.csv -o first --quiet
show first
"$rlra" unmix cube.npy -r 2 --sum-to-one -o one --quiet
show one
"$rlra" unmix cube.npy -r 2 --library library.csv $names -o both | grep -A 3 '^Components$'
set +e
# Noise may be darker than nothing: the endmembers that start there are not.
python3 - <<'END'
from arrays import write_npy
grass, water = [1, 2, 8, 9, 4, -0.5], [5, 4, 3, 2, -0.5, 1]
write_npy("dark.npy", (2, 2, 6), grass + water + grass + water)
END
"$rlra" unmix dark.npy -r 2 -o dark --quiet
python3 - <<'END'
from arrays import read_npz
print("no negative endmember:", min(read_npz("dark/factors.npz")["factor_0"][1]) >= 0)
END
# What names the components is read before the fit.
printf '1,2\n3,4\n' >small.csv
printf 'a\n1\n2\nnan\n4\n5\n6\n' >holes.csv
refused()
{
    code=0
    "$rlra" unmix cube.npy -r 2 -o refused --quiet "$@" 2>err.txt || code=$?
    echo "-> $code $(cat err.txt)"
}
refused --labels small.csv
refused --library small.csv
refused --library holes.csv
refused --label-names names.txt
refused --sum-to-one --prior H:nonneg
[ ! -e refused ] || echo "a folder was left"
