# Which modes of a cube are height, width and bands: all six orders of the same scene give the same maps, or the guess is reported.
python3 - <<'END'
from arrays import write_npy
import itertools
grass, water = [1, 2, 8, 9, 4, 3], [5, 4, 3, 2, 1, 1]
def put(name, height, width, order, bands=6):
    part = [[((3 * i + 2 * j) % 7) / 6 for j in range(width)] for i in range(height)]
    value = lambda i, j, b: part[i][j] * grass[b] + (1 - part[i][j]) * water[b]
    lengths = {"h": height, "w": width, "b": bands}
    dims = [lengths[c] for c in order]
    values = []
    for index in itertools.product(*map(range, dims)):
        at = dict(zip(order, index))
        values.append(value(at["h"], at["w"], at["b"]))
    write_npy(name, dims, values)
for order in ("hwb", "hbw", "bhw", "bwh", "wbh", "whb"):
    put(order + ".npy", 8, 7, order)
put("square.npy", 6, 7, "bhw")
put("cubic.npy", 6, 6, "hwb")
write_npy("image.npy", (8, 7), [1] * 56)
write_npy("waves.npy", (6,), [400, 500, 600, 700, 800, 900])
write_npy("library.npy", (6, 2), [x for pair in zip(grass, water) for x in pair])
write_npy("matrix.npy", (6, 56), [((3 * i + 2 * j) % 7) / 6 * grass[b] + (1 - ((3 * i + 2 * j) % 7) / 6) * water[b]
                                  for b in range(6) for i in range(8) for j in range(7)])
write_npy("both.npy", (6, 6), [1 + (x * x) % 11 for x in range(36)])
import zipfile
with zipfile.ZipFile("beside.npz", "w") as archive:
    archive.write("hbw.npy", "cube.npy")
    archive.write("waves.npy", "wavelengths.npy")
# Those of two sensors, deep in the file: the ones as long as a mode of the cube are those of its bands.
write_npy("short.npy", (4,), [1000, 1200, 1400, 1600])
for name in ("Wavelength", "wl", "lambda_nm", "nm"):
    with zipfile.ZipFile(name + ".npz", "w") as archive:
        archive.write("short.npy", "swir/%s.npy" % name)
        archive.write("hbw.npy", "cube.npy")
        archive.write("waves.npy", "vnir/%s.npy" % name)
END
maps()
{
    python3 - "$1" <<'END'
import json, sys
from arrays import read_npz
record, factors = json.load(open(sys.argv[1] + "/run.json")), read_npz(sys.argv[1] + "/factors.npz")
shape, maps = factors["abundance_maps"]
height, width, bands = record["data"]["scene"]
w = factors["factor_0"][1]
k = 0 if w[2 * 3] > w[2 * 3 + 1] else 1
part = [((3 * i + 2 * j) % 7) / 6 for i in range(height) for j in range(width)]
one = maps[k * height * width:][:height * width]
print(sys.argv[1], shape, bands, "right" if max(abs(x - y) for x, y in zip(one, part)) < 1e-6 else "wrong")
END
}
run()
{
    name=$1
    shift
    "$rlra" unmix "$@" -r 2 -o "$name" 2>err.txt >out.txt && maps "$name"
    cat err.txt
}
shape_of()
{
    "$rlra" unmix "$@" -r 2 -o out 2>&1 >out.txt
}
for order in hwb hbw bhw bwh wbh whb; do
    run $order $order.npy --shape 8x7
done
run labels bhw.npy --labels image.npy
run mask hbw.npy --mask image.npy
run turned wbh.npy --mask image.npy
run waves bhw.npy --wavelengths waves.npy
run library hbw.npy --library library.npy
run beside beside.npz
for name in Wavelength wl lambda_nm nm; do
    run $name $name.npz
done
run matrix matrix.npy --labels image.npy
# Nothing decides: height x width x bands is taken, and this is reported.
run guess hwb.npy
shape_of hbw.npy
# The length of two modes is that of the bands.
run square square.npy --shape 6x7
run square square.npy --wavelengths waves.npy
run cubic cubic.npy --shape 6x6
shape_of square.npy --shape 7x6
shape_of hwb.npy --shape 7x8
shape_of both.npy --shape 2x3
shape_of hwb.npy --shape 8x8
shape_of hwb.npy --pixel-order columns
exit 0
