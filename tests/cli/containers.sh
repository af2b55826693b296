# Files that hold arrays in parts, in structs or packed; files of other programs; indices from 0.
samples=$tests/../data/io
cp "$samples"/parts_dia.npz "$samples"/pydata_fill.npz "$samples"/structs.mat "$samples"/groups.h5 "$samples"/sparse.mtx.gz \
    "$samples"/octave.mat "$samples"/other.zip .
show()
{
    code=0
    "$@" >out.txt 2>err.txt || code=$?
    grep -E '^  (note|relative error|name|-|X|T|data|/|rank)' out.txt | sed 's/relative error .*/fitted/' || :
    sed "s/ (it has none of the known formats.*//" err.txt
    echo "-> $code"
}
echo "--- arrays in parts"
show "$rlra" info parts_dia.npz pydata_fill.npz
show "$rlra" nmf pydata_fill.npz -r 1
show "$rlra" info groups.h5 structs.mat
echo "--- packed"
show "$rlra" info sparse.mtx.gz
python3 - <<'END'
import gzip
rows = [[i * j % 7 + 1 for j in range(1, 7)] for i in range(1, 9)]
text = "".join(",".join(map(str, row)) + "\n" for row in rows)
open("plain.csv", "w").write(text)
gzip.open("packed.csv.gz", "wt").write(text)
open("wide.txt", "wb").write(text.replace(",", "\t").encode("utf-16"))
words = "".join(f"word{j}\n" for j in range(6))
open("words.txt", "w").write(words)
gzip.open("words.txt.gz", "wt").write(words)
open("wide_words.txt", "wb").write(words.encode("utf-16"))
END
for data in plain.csv packed.csv.gz wide.txt; do
    "$rlra" nmf "$data" -r 2 --seed 1 -o "out-$data" 2>err.txt >out.txt
    echo "$data $?"
    sed "s/ (it has none of the known formats.*//" err.txt
done
cmp out-plain.csv/factors.npz out-packed.csv.gz/factors.npz && cmp out-plain.csv/factors.npz out-wide.txt/factors.npz && echo same
for words in words.txt words.txt.gz wide_words.txt; do
    "$rlra" topics plain.csv --vocab "$words" -r 2 --seed 1 -o "topics-$words" >out.txt
    echo "$words $?"
done
cmp topics-words.txt/topics.csv topics-words.txt.gz/topics.csv && cmp topics-words.txt/topics.csv topics-wide_words.txt/topics.csv && echo same
echo "--- several arrays"
python3 - <<'END'
from arrays import write_npy
import zipfile
write_npy("X.npy", (3, 4, 2), [1 + k % 5 for k in range(24)])
write_npy("Y.npy", (3, 4), [1 + k % 3 for k in range(12)])
write_npy("z.npy", (3,), [1, 2, 3])
for name, members in (("both.npz", "XYz"), ("one.npz", "Yz")):
    with zipfile.ZipFile(name, "w") as archive:
        for member in members:
            archive.write(member + ".npy")
END
show "$rlra" cp both.npz -r 1 -o cp
show "$rlra" nmf both.npz -r 1 -o nmf
show "$rlra" nmf one.npz -r 1 -o one
show "$rlra" nmf one.npz -r 1 -o quiet --quiet
echo "--- indices from 0"
printf '%%%%MatrixMarket matrix coordinate integer general\n3 2 3\n0 0 4\n1 1 2\n2 0 1\n' >zero.mtx
printf 'sptensor\n3\n2 2 2\n2\n0 0 0 5\n1 1 1 2\n' >zero.tns
show "$rlra" nmf zero.mtx -r 1 -o zero
show "$rlra" nmf zero.mtx -r 1 --index-base 0 -o zero
show "$rlra" nmf zero.mtx -r 1 --index-base 1 -o one-based
show "$rlra" nmf zero.mtx -r 1 --index-base 2 -o two-based
show "$rlra" cp zero.tns -r 1 --index-base 0 -o zero-cp
printf '1,2\n3,4\n' >table.csv
show "$rlra" info table.csv --index-base 0
show "$rlra" nmf one.npz -r 1 --index-base 0 -o zero-npz
echo "--- no arrays, or not of a known format"
printf 'II*\000\010\000\000\000' >image.tif
printf '3 3 4\n1 1 5\n2 2 1\n' >short.mtx
python3 -c 'import zipfile; zipfile.ZipFile("book.xlsx", "w").writestr("xl/workbook.xml", "<x/>"); zipfile.ZipFile("none.npz", "w").close()'
show "$rlra" info book.xlsx
show "$rlra" nmf book.xlsx -r 1
show "$rlra" info none.npz
show "$rlra" info image.tif other.zip
show "$rlra" nmf short.mtx -r 1
