# A mask that may be the other way round is asked about, and --mask-means decides which way it is; both ways fit the same.
python3 - <<'END'
import random
from arrays import write_npy
random.seed(3)
def numbers(rows, columns, rank):
    w = [[random.random() for _ in range(rank)] for _ in range(rows)]
    h = [[random.random() for _ in range(rank)] for _ in range(columns)]
    return [sum(a * b for a, b in zip(u, v)) for u in w for v in h]
x = numbers(20, 15, 2)
seen = [random.random() < 0.9 for _ in x]
few = [random.random() < 0.3 for _ in x]
nan = float("nan")
for kind in ("<f8", "<f4"):
    end = kind[2] + ".npy"
    write_npy("x" + end, (20, 15), x, kind)
    write_npy("seen" + end, (20, 15), map(float, seen), kind)
    write_npy("gone" + end, (20, 15), [float(not s) for s in seen], kind)
    write_npy("few" + end, (20, 15), map(float, few), kind)
    write_npy("most" + end, (20, 15), [float(not s) for s in few], kind)
    write_npy("zeros" + end, (20, 15), [v if f else 0 for v, f in zip(x, few)], kind)
    write_npy("filled" + end, (20, 15), [v if f else -999 for v, f in zip(x, few)], kind)
    write_npy("nans" + end, (20, 15), [v if f else nan for v, f in zip(x, few)], kind)
    write_npy("cube" + end, (4, 5, 15), x, kind)
    write_npy("gonecube" + end, (4, 5, 15), [float(not s) for s in seen], kind)
END
try() {
    rm -rf out
    echo "\$ $*"
    "$rlra" "$@" -o out 2>&1 | sed -n '/observed  /p; /^rlra/p'
}
for end in 8.npy 4.npy; do
    try nmf x$end -r 2 --mask seen$end
    try nmf x$end -r 2 --mask gone$end
    try nmf x$end -r 2 --mask gone$end --mask-means missing
    try nmf x$end -r 2 --mask gone$end --mask-means observed
    try cp cube$end -r 2 --mask gonecube$end
    try cp cube$end -r 2 --mask gonecube$end --mask-means missing
    # Few entries are known: nothing but one number, or NaN, stands at the others; or this is reported.
    try nmf zeros$end -r 2 --mask few$end
    try nmf filled$end -r 2 --mask few$end
    try nmf nans$end -r 2 --mask few$end
    try nmf x$end -r 2 --mask few$end
    try nmf x$end -r 2 --mask few$end --mask-means observed
    # What is kept is NaN, although it is most.
    try nmf nans$end -r 2 --mask most$end
    try nmf nans$end -r 2 --mask most$end --mask-means missing
    try nmf nans$end -r 2 --mask most$end --missing nan --mask-means missing
done
try nmf x8.npy -r 2 --mask-means missing
try nmf x8.npy -r 2 --mask seen8.npy --mask-means gone
for way in '--mask seen8.npy' '--mask gone8.npy --mask-means missing'; do
    rm -rf out
    "$rlra" nmf x8.npy -r 2 $way -q -o out
    cp out/factors.npz "f$(ls f*.npz 2>/dev/null | wc -l).npz"
done
python3 - <<'END'
from arrays import read_npz
print("both ways fit the same:", read_npz("f0.npz") == read_npz("f1.npz"))
END
# Masks of scenes: an image, all bands alike.
python3 - <<'END'
from arrays import write_npy
write_npy("image.npy", (4, 5), [float(p < 5) for p in range(20)])
write_npy("spectra.npy", (15, 2), [1.0 + (7 * i) % 5 for i in range(30)])
END
scene() {
    rm -rf out
    echo "\$ $*"
    "$rlra" "$@" -o out 2>&1 | sed -n '/pixels  /p; /^rlra/p'
}
for how in "" "--mask-means missing" "--mask-means observed"; do
    # shellcheck disable=SC2086 # two words or none
    scene unmix cube8.npy -r 2 --mask image.npy $how
done
"$rlra" nnls spectra.npy cube8.npy --mask image.npy -o x.npz
"$rlra" nnls spectra.npy cube8.npy --mask image.npy --mask-means missing -o x.npz | grep pixels
"$rlra" unmix cube8.npy -r 2 --mask-means missing || echo "exit $?"
