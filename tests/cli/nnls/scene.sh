# Known spectra and a scene: maps, images of the certificate and a page, for every layout, with what is left out left out.
python3 - <<'END'
import itertools, struct
from arrays import write_npy
height, width, bands = 4, 5, 6
spectra = [[1, 2, 8, 9, 4, 3], [5, 4, 3, 2, 1, 1], [2, 1, 1, 6, 7, 9]]
waves = [450, 500, 550, 600, 650, 700]
def part(i, j):
    a = [(3 * i + 2 * j) % 7, (i + j) % 3, (2 * i + j) % 5]
    return [x / sum(a) for x in a] if sum(a) else [1, 0, 0]
pixel = lambda i, j: [sum(p * s[b] for p, s in zip(part(i, j), spectra)) for b in range(bands)]
def put(name, order, kind="<f8"):
    lengths = {"h": height, "w": width, "b": bands}
    dims = [lengths[c] for c in order]
    values = []
    for index in itertools.product(*map(range, dims)):
        at = dict(zip(order, index))
        values.append(pixel(at["h"], at["w"])[at["b"]])
    write_npy(name, dims, values, kind)
for order in ("hwb", "hbw", "bhw"):
    put(order + ".npy", order)
put("single.npy", "hwb", "<f4")
write_npy("matrix.npy", (bands, height * width), [pixel(i, j)[b] for b in range(bands) for i in range(height) for j in range(width)])
write_npy("W.npy", (bands, 3), [s[b] for b in range(bands) for s in spectra])
write_npy("rows.npy", (3, bands), [x for s in spectra for x in s])
open("W.csv", "w").write("wavelength,grass,water,bark\n" + "".join(
    "%d,%g,%g,%g\n" % (waves[b], *(s[b] for s in spectra)) for b in range(bands)))
def header(name, lines, samples, bands, more):
    open(name, "w").write("ENVI\nsamples = %d\nlines = %d\nbands = %d\ndata type = 4\nbyte order = 0\ninterleave = bil\n%s"
                          % (samples, lines, bands, more))
with open("scene.bil", "wb") as file:
    for i in range(height):
        for b in range(bands):
            for j in range(width):
                hole = i == 0 and j < 2
                file.write(struct.pack("<f", -1 if hole else 500 if b == 2 else 100 * pixel(i, j)[b]))
header("scene.hdr", height, width, bands, "data ignore value = -1\nreflectance scale factor = 100\nbbl = {1, 1, 0, 1, 1, 1}\n"
       "wavelength units = Nanometers\nwavelength = {%s}\n" % ", ".join(map(str, waves)))
def library(name, waves_there, more=""):
    with open(name + ".sli", "wb") as file:
        for s in spectra:
            for x in waves_there:
                k = min(bands - 2, max(0, int((1000 * x - 450) // 50)))
                t = (1000 * x - waves[k]) / 50
                file.write(struct.pack("<f", (1 - t) * s[k] + t * s[k + 1]))
    header(name + ".hdr", 3, len(waves_there), 1, "file type = ENVI Spectral Library\nwavelength units = Micrometers\n"
           "spectra names = {grass, lake water, bark}\nwavelength = {%s}\n" % ", ".join(map(str, waves_there)) + more)
library("same", [x / 1000 for x in waves])
library("fine", [0.4 + 0.0125 * k for k in range(33)])
library("back", [0.8 - 0.0125 * k for k in range(33)])
library("short", [0.45 + 0.0125 * k for k in range(17)])
library("shifted", [x / 1000 + 0.02 for x in waves])
open("same.csv", "w").write("wavelength;grass\n450;1\n") # what EnMAP-Box writes beside libraries
END
maps()
{
    python3 - "$@" <<'END'
import math, sys
from arrays import read_npz
arrays = read_npz(sys.argv[1])
shape, x = arrays["X"]
def part(i, j):
    a = [(3 * i + 2 * j) % 7, (i + j) % 3, (2 * i + j) % 5]
    return [x / sum(a) for x in a] if sum(a) else [1, 0, 0]
right = [part(i, j)[k] for k in range(3) for i in range(4) for j in range(5)]
print(sys.argv[1], shape, "right" if all(math.isnan(a) or abs(a - b) < 1e-5 for a, b in zip(x, right)) else "wrong",
      "missing", [p for p in range(20) if math.isnan(x[p])], {name: a[0] for name, a in arrays.items() if name != "X"},
      [p for p in range(20) if math.isnan(arrays["loss"][1][p])])
END
}
run()
{
    out=$1
    shift
    "$rlra" nnls "$@" -o "$out.npz" >out.txt 2>err.txt && maps "$out.npz"
    cat err.txt
}
for order in hwb hbw bhw; do
    run $order W.npy $order.npy --shape 4x5
done
run plain W.npy hwb.npy
run middle W.npy hbw.npy
run single W.npy single.npy --sum-to-one
run f32 W.npy single.npy --dtype f32
run matrix W.npy matrix.npy --shape 4x5
run turned rows.npy hwb.npy --transpose W
run rows rows.npy hwb.npy
run first rows.npy bhw.npy
run table W.csv hwb.npy
# Wavelengths by any name are no spectrum; options of tables are for the file that is one.
for name in nm 'Wavelength (nm)' WL wave lambda_nm Wavenumber; do
    sed "1s/.*/$name,grass,water,bark/" W.csv >named.csv
    run "named $name" named.csv hwb.npy
done
grep -v grass W.csv >numbers.csv
run numbers numbers.csv scene.hdr --first-column axis --resample
"$rlra" nnls W.npy scene.hdr --first-column axis
"$rlra" nnls W.npy scene.hdr --index-base 0
run envi W.npy scene.hdr
run bands W.npy hwb.npy --bad-bands 1,6 --ignore-value 3
for library in same fine back short; do
    run $library $library.hdr scene.hdr --resample
done
run same same.hdr scene.hdr
grep -A 3 '^  spectrum' out.txt
run shifted shifted.hdr scene.hdr
"$rlra" unmix scene.hdr -r 3 --library fine.hdr --resample -o unmixed 2>/dev/null | grep -A 3 '^  component' | cut -c 1-42
"$rlra" unmix scene.hdr -r 3 --library same.hdr -o unmixed --quiet
# A library goes with a matrix, too, as W and as Y; an image with one band is a matrix.
"$rlra" nnls same.hdr matrix.npy -o lines.npz | grep -E '^W|error' | sed -E 's/error +(0|.*e-[0-9]+)$/error small/'
"$rlra" nnls W.npy same.hdr -o lines.npz | grep -E '^W|error' | sed -E 's/error +(0|.*e-[0-9]+)$/error small/'
python3 - <<'END'
import struct
open("lines.img", "wb").write(struct.pack("<12d", *range(1, 13)))
open("lines.hdr", "w").write("ENVI\nsamples = 2\nlines = 6\nbands = 1\ndata type = 5\nbyte order = 0\n")
END
"$rlra" nnls W.npy lines.hdr -o lines.npz | grep '^W'
# One array: X alone, as an array or as an image; the page.
"$rlra" nnls W.npy scene.hdr -o maps.npy --quiet
"$rlra" nnls W.npy scene.hdr -o maps.hdr --report page.html --quiet
"$rlra" info maps.npy maps.hdr | cut -c 1-26
grep -o '<h3>[A-Z][a-z]*</h3>' page.html
grep -c '<img alt="Abundance map' page.html
"$rlra" nnls W.npy scene.hdr --sum-to-one -o out.npz 2>/dev/null | grep -E '^W|pixels|bands|result'
"$rlra" nnls W.npy matrix.npy --report page.html -o no.npz
refused()
{
    code=0
    "$rlra" nnls "$@" --quiet 2>err.txt || code=$?
    echo "-> $code $(cat err.txt)"
}
refused fine.hdr scene.hdr
refused W.npy hwb.npy --resample
refused fine.hdr hwb.npy --resample
refused W.npy hwb.npy -o maps.csv
refused W.npy hwb.npy --front
refused W.npy hwb.npy --start W.npy
refused W.npy hwb.npy --transpose Y
refused W.npy hwb.npy --shape 5x5
refused W.npy W.csv --mask W.npy
refused W.npy hwb.npy --report nowhere/page.html
code=0
"$rlra" unmix scene.hdr -r 3 --library fine.hdr -o refused --quiet 2>err.txt || code=$?
echo "-> $code $(cat err.txt)"
[ ! -e refused ] && [ ! -e maps.csv ] || echo "something was left"
