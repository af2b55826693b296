# No command harms its inputs: what would be overwritten is refused before a byte is written, by whatever name it goes.
printf '4,2,6,1\n2,1,3,0.5\n0,3,3,6\n' >x.csv
printf '1,1,1,1\n1,1,1,1\n1,1,1,0\n' >mask.csv
printf 'a\nb\nc\nd\n' >words.txt
ln x.csv hard.csv
ln -s x.csv soft.csv
before=$(cat x.csv mask.csv words.txt)
try() {
    echo "\$ $*"
    code=0
    "$rlra" "$@" --quiet 2>&1 || code=$?
    echo "-> $code"
    [ "$(cat x.csv mask.csv words.txt)" = "$before" ] || echo "an input was changed"
}
try nmf x.csv -r 1 -o out --log x.csv
try nmf x.csv -r 1 -o out --log ./x.csv
try nmf x.csv -r 1 -o out --log hard.csv
try nmf x.csv -r 1 -o out --log soft.csv
try nmf hard.csv -r 1 -o out --log soft.csv
try nmf x.csv -r 1 -o out --mask mask.csv --log mask.csv
try topics x.csv -r 1 -o out --vocab words.txt --log words.txt
try nnls x.csv x.csv -o x.csv
try nnls x.csv x.csv -o soft.csv
try nmf x.csv -r 1 -o first
try nmf first/factors.npz:factor_0 -r 1 -o first
try nmf x.csv -r 1 -o first --init first/factors.npz
try nmf x.csv -r 1 -o out --log out/run.json
mkdir kept
cp x.csv kept/start-0.checkpoint
try nmf kept/start-0.checkpoint -r 1 -o out --checkpoint kept --resume
[ ! -e out ] || echo "a refused command left a folder"
# A fit that is refused leaves an older log as it was.
echo old >log
try nmf x.csv -r 9 -o out --memory-limit 1K --log log
cat log
try nmf x.csv -r 1 -o out --log /dev/null
# The data file of an ENVI header is an input as well, and so is the header of a data file that is named.
printf '\1\2\3\4\2\3\1\5\3\1\2\6' >scene.img
printf 'ENVI\nsamples = 3\nlines = 2\nbands = 2\ndata type = 1\ninterleave = bsq\nbyte order = 0\nheader offset = 0\n' >scene.hdr
cp scene.img spectra.sli
sed 's/samples = 3/samples = 2/; s/lines = 2/lines = 6/; s/bands = 2/bands = 1/' scene.hdr >spectra.hdr
echo 'file type = ENVI Spectral Library' >>spectra.hdr
mkdir linked
ln scene.img linked/factors.npz
before=$(cat x.csv mask.csv words.txt)$(cksum scene.* spectra.*)
try() {
    echo "\$ $*"
    code=0
    "$rlra" "$@" --quiet 2>&1 || code=$?
    echo "-> $code"
    [ "$(cat x.csv mask.csv words.txt)$(cksum scene.* spectra.*)" = "$before" ] || echo "an input was changed"
}
try unmix scene.hdr -r 1 -o out --log scene.img
try unmix scene.img -r 1 -o out --log scene.hdr
try unmix scene.hdr --library spectra.hdr -r 1 -o out --log spectra.sli
try cp scene.hdr -r 1 -o linked
try cp scene.img -r 1 -o out --log linked/factors.npz
