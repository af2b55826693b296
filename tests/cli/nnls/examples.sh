# The examples of the help text and of the guide run as written.
python3 - <<'END'
import random
import struct
from arrays import write_npy
random.seed(5)
m, r, n = 15, 3, 6
with open("spectra.csv", "w") as file:
    for _ in range(m):
        print(*(round(random.random(), 3) for _ in range(r)), sep=",", file=file)
write_npy("pixels.npy", (m, n), [random.random() for _ in range(m * n)])
write_npy("samples.npy", (n, m), [random.random() for _ in range(m * n)])
write_npy("rates.npy", (m, r), [random.random() for _ in range(m * r)])
write_npy("counts.npy", (m, n), [random.randrange(9) for _ in range(m * n)], "<u2")
for name, lines, samples, bands, kind in (("library", 3, 2 * m, 1, "ENVI Spectral Library"), ("scene", 4, 5, m, "ENVI Standard")):
    waves = [400 + (25 if bands == 1 else 50) * k for k in range(samples if bands == 1 else bands)]
    with open(name + ".hdr", "w") as file:
        print("ENVI\nsamples = %d\nlines = %d\nbands = %d\ndata type = 5\ninterleave = bsq\nbyte order = 0\nfile type = %s\n"
              "wavelength = {%s}" % (samples, lines, bands, kind, ", ".join(map(str, waves))), file=file)
    with open(name + ".bsq", "wb") as file:
        count = lines * samples * bands
        file.write(struct.pack("<%dd" % count, *(random.random() for _ in range(count))))
END
"$rlra" help nnls | sed -n 's/^  rlra nnls/nnls/p' >help.txt
sed -n 's/^rlra nnls/nnls/p' "$tests/../../docs/guide/nnls.md" | sed 's/ *#.*//' >guide.txt
for list in help guide; do
    while read -r line; do
        # shellcheck disable=SC2086
        "$rlra" $line >out.txt 2>&1 || { echo "rlra $line"; cat out.txt; }
        ! grep -H note out.txt
    done <$list.txt
    echo "$list: at least 6 examples: $(($(wc -l <$list.txt) >= 6))"
done
