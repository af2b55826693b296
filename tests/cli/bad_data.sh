# Data that cannot be decomposed end with code 1 and a sentence that names the file.
try()
{
    code=0
    "$rlra" "$@" >out.txt 2>err.txt || code=$?
    [ ! -s out.txt ] || echo "something on the standard output"
    echo "-> $code, $(wc -l <err.txt) line"
}
expect() { grep -q -i -e "$1" err.txt || { echo "expected '$1' in:"; cat err.txt; }; }
printf '1,2,3\n4,nan,6\n7,8,9\n' >nan.csv
printf '1,2,3\n4,-5,6\n7,8,9\n' >negative.csv
: >empty.csv
echo 'not a zip' >broken.npz
mkdir folder.npy
python3 -c 'from arrays import write_npy; write_npy("cube.npy", (2, 3, 4), range(24))'
try nmf missing.csv -r 1
expect 'missing.csv'
try nmf nan.csv -r 1
expect 'nan'
try nmf negative.csv -r 1 --update mu
expect 'negative'
try nmf empty.csv -r 1
expect 'empty.csv'
try nmf broken.npz -r 1
expect 'broken.npz'
try nmf folder.npy -r 1
expect 'folder.npy'
try nmf cube.npy -r 1
expect '2 x 3 x 4'
try unmix negative.csv -r 1
expect 'shape'
try unmix negative.csv -r 1 --shape 2x2
expect '2 x 2 is 4 pixels'
echo "folders of results: $(ls -d ./*-r1 2>/dev/null)"
