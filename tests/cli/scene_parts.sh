# What holds no data is left out of a scene, whoever marks it, and the true spectra and maps come out of the rest.
python3 - <<'END'
import struct
from arrays import write_npy
height, width, bands = 6, 5, 8
spectra = [[1, 2, 8, 9, 4, 3, 2, 6], [5, 4, 3, 2, 1, 1, 7, 0.5]]
part = [[((3 * i + 2 * j) % 7) / 6 for j in range(width)] for i in range(height)]
frame = [[i in (0, height - 1) for j in range(width)] for i in range(height)]
def cube(hole, wrong):
    made = [[[part[i][j] * spectra[0][b] + (1 - part[i][j]) * spectra[1][b] for b in range(bands)]
             for j in range(width)] for i in range(height)]
    for i in range(height):
        for j in range(width):
            made[i][j][4] = wrong(i, j)
            if frame[i][j]:
                made[i][j] = [hole] * bands
    made[2][3][1] = hole # some bands are enough
    return made
noise = lambda i, j: 40 * ((7 * i + 5 * j) % 11)
def by_pixels(c):
    return [x for line in c for pixel in line for x in pixel]
def by_bands(c):
    return [c[i][j][b] for b in range(bands) for i in range(height) for j in range(width)]
nan = float("nan")
write_npy("nan.npy", (height, width, bands), by_pixels(cube(nan, noise)))
write_npy("empty_band.npy", (height, width, bands), by_pixels(cube(nan, lambda i, j: nan)))
write_npy("minus.npy", (height, width, bands), by_pixels(cube(-9999, noise)))
write_npy("rows.npy", (bands, height * width), by_bands(cube(-9999, noise)))
write_npy("masked.npy", (height, width, bands), by_pixels(cube(77, noise)))
write_npy("mask.npy", (height, width), [float(not (frame[i][j] or (i, j) == (2, 3))) for i in range(height) for j in range(width)])
for kind, code in (("h", 2), ("f", 4), ("d", 5)):
    with open("scene_%s.bsq" % kind, "wb") as file:
        values = by_bands(cube(-9999, noise))
        values = [round(60 * x) if x != -9999 else x for x in values] if kind == "h" else values
        file.write(struct.pack("<%d%s" % (len(values), kind), *values))
    with open("scene_%s.hdr" % kind, "w") as file:
        file.write("ENVI\nsamples = %d\nlines = %d\nbands = %d\ndata type = %d\ninterleave = bsq\nbyte order = 0\n"
                   "data ignore value = -9999\nbbl = {1, 1, 1, 1, 0, 1, 1, 1}\nreflectance scale factor = %d\n"
                   % (width, height, bands, code, 60 if kind == "h" else 1))
open("list.txt", "w").write("5\n")
open("words.txt", "w").write("five\n")
values = [1 if part[i][j] > 0.5 else 0 for i in range(height) for j in range(width)]
for name, mark in (("classes", values), ("inside", [int(not (frame[i][j] or (i, j) == (2, 3))) for i in range(height) for j in range(width)])):
    with open(name + ".img", "wb") as file:
        file.write(bytes(mark))
    with open(name + ".hdr", "w") as file:
        file.write("ENVI\nsamples = %d\nlines = %d\nbands = 1\ndata type = 1\nfile type = ENVI Classification\n"
                   "data ignore value = 0\n" % (width, height))
write_npy("labels.npy", (height, width), [1 if part[i][j] > 0.5 else 2 for i in range(height) for j in range(width)])
END
true()
{
    python3 - "$1" <<'END'
import json, math, sys
from arrays import read_npz
factors, record = read_npz(sys.argv[1] + "/factors.npz"), json.load(open(sys.argv[1] + "/run.json"))
(height, width, bands), facts = record["data"]["scene"], record["facts"]
spectra = [[1, 2, 8, 9, 4, 3, 2, 6], [5, 4, 3, 2, 1, 1, 7, 0.5]]
shape, w = factors["factor_0"]
columns = [[w[b * 2 + k] for b in range(bands)] for k in range(2)]
order = [0, 1] if columns[0][3] > columns[1][3] else [1, 0]
wrong = lambda x, y: 0 if math.isnan(x) else abs(x - y)
spectrum = max(wrong(columns[order[k]][b], spectra[k][b]) for k in range(2) for b in range(bands))
left_out = sorted({b + 1 for b in range(bands) if math.isnan(columns[0][b])})
maps = factors["abundance_maps"][1]
part = [((3 * i + 2 * j) % 7) / 6 for i in range(height) for j in range(width)]
one = maps[order[0] * height * width:][:height * width]
error = max(wrong(x, y) for x, y in zip(one, part))
missing = [p for p in range(height * width) if math.isnan(one[p])]
print(sys.argv[1], shape, "bands left out", left_out, "missing", missing, "spectra and maps right:",
      spectrum < 1e-5, error < 1e-5, "facts", [int(x) for x in facts.values()])
END
}
for scene in scene_h scene_f scene_d; do
    "$rlra" unmix $scene.hdr -r 2 -o $scene --quiet
    true $scene
done
"$rlra" unmix nan.npy -r 2 --bad-bands 5 --shape 6x5 -o nan --quiet
true nan
"$rlra" unmix nan.npy -r 2 --bad-bands 5-5 --dtype f32 --shape 6x5 -o single --quiet
true single
"$rlra" unmix empty_band.npy -r 2 --shape 6x5 -o empty --quiet
true empty
"$rlra" unmix minus.npy -r 2 --bad-bands list.txt --ignore-value -9999 --shape 6x5 -o minus --quiet
true minus
"$rlra" unmix rows.npy -r 2 --bad-bands 5 --ignore-value=-9999 --shape 6x5 -o rows --quiet
true rows
"$rlra" unmix masked.npy -r 2 --bad-bands 5 --mask mask.npy -o masked --quiet
true masked
"$rlra" unmix masked.npy -r 2 --bad-bands 5 --mask inside.hdr --labels classes.hdr -o images --quiet
true images
# A result is a start, NaN and all.
"$rlra" unmix nan.npy --bad-bands 5 --shape 6x5 --init nan/factors.npz -o again --quiet
true again
# What was left out is reported; labels of missing pixels do not count.
"$rlra" unmix nan.npy -r 2 --bad-bands 5 --labels labels.npy -o out | grep -E "npy|pixels|bands|% "
"$rlra" unmix masked.npy -r 2 --bad-bands 5 --mask mask.npy -o out | grep -E "pixels|bands"
"$rlra" unmix scene_f.hdr -r 2 --bad-bands none -o out 2>&1 | grep -E "pixels|bands|note"
# A number from before the header's scale was applied is none of the scene's.
"$rlra" unmix scene_h.hdr -r 2 --ignore-value -60 -o out 2>&1 | grep -E "pixels|note: .*none"
"$rlra" nnls rows.npy scene_h.hdr --ignore-value -60 2>&1 | grep -c "none of the entries used is -60"
"$rlra" unmix minus.npy -r 2 --bad-bands 5 --ignore-value -9999 --mask mask.npy -o out 2>&1 | grep -E "pixels|none"
refused()
{
    code=0
    "$rlra" unmix "$@" -r 2 -o refused --quiet 2>err.txt || code=$?
    echo "-> $code $(cat err.txt)"
}
refused nan.npy --bad-bands 9
refused nan.npy --bad-bands 0
refused nan.npy --bad-bands 3-2
refused nan.npy --bad-bands 1,x
refused nan.npy --bad-bands words.txt
refused nan.npy --bad-bands 1-8
refused nan.npy --ignore-value none
refused nan.npy --mask rows.npy
refused masked.npy --mask labels.npy
python3 -c 'from arrays import write_npy; write_npy("one.npy", (6, 5), [float(p == 7) for p in range(30)])'
refused masked.npy --mask one.npy --mask-means observed
[ ! -e refused ] || echo "a folder was left"
