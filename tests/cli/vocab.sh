# Vocabularies and titles whose lines have columns: lists of genes and barcodes as 10x Genomics writes them, and their neighbours.
cat >counts.mtx <<'END'
%%MatrixMarket matrix coordinate integer general
5 3 9
1 1 5
1 2 1
2 1 4
2 3 2
3 2 7
3 3 1
4 2 6
4 1 1
5 3 3
END
printf 'ENSX01\tACT1\tGene Expression\nENSX02\tBRF2\tGene Expression\nENSX03\tCDC7\tGene Expression\n' >features.tsv
printf 'ENSX01\tACT1\nENSX02\tBRF2\nENSX03\tCDC7\n' >genes.tsv
printf 'ENSX01\tACT1\tGene Expression\tchr1\t1\t9\nENSX02\tBRF2\tGene Expression\tchr1\t11\t19\nENSX03\tCDC7\tPeaks\tchr2\t1\t9\n' >arc.tsv
printf 'AAAC-1\nAAAG-1\nAACC-1\nAATT-1\nACCC-1\n' >barcodes.tsv
printf '\357\273\277gene_id\tsymbol\tkind of it\r\nENSX01\tACT1\tx\r\nENSX02\tBRF2\ty\r\nENSX03\tCDC7\tz\r\n' >named.tsv
printf 'cell\tsample\nAAAC-1\ts1\nAAAG-1\ts1\nAACC-1\ts2\nAATT-1\ts2\nACCC-1\ts3\n' >cells.tsv
printf 'ENSX01\tACT1\nENSX02\nENSX03\tCDC7\n' >ragged.tsv
printf 'ENSX01\tACT1\nENSX02\t\nENSX03\tCDC7\n' >hole.tsv
printf 'ENSX01\tDUP\nENSX02\tDUP\nENSX03\tCDC7\n' >twice.tsv
printf 'one two\nthree, four\nfive: six\n' >plain.txt
cp features.tsv 'odd:2.tsv'
try() {
    rm -rf out
    echo "\$ $*"
    "$rlra" topics counts.mtx -r 2 "$@" -o out >printed 2>messages
    code=$?
    cat messages
    [ $code -ne 0 ] || cut -d, -f3- out/topics.csv | sed 's/,[^,]*,[^,]*$//; 1d' | sort -u | tr '\n' '|'
    echo " exit $code"
}
for file in features genes arc named barcodes; do
    try --vocab $file.tsv
done
try --vocab plain.txt
for column in 1 2 3 4 0 -1 1x symbol 'kind of it' ''; do
    try --vocab "named.tsv:$column"
    try --vocab "features.tsv:$column"
done
try --vocab genes.tsv:2
try --vocab plain.txt:1
try --vocab plain.txt:2
try --vocab odd:2.tsv
try --vocab odd:2.tsv:3
try --vocab ragged.tsv
try --vocab ragged.tsv:1
try --vocab hole.tsv
try --vocab hole.tsv:1
try --vocab twice.tsv
try --vocab features.tsv -q
try --vocab features.tsv --titles barcodes.tsv
try --vocab features.tsv:2 --titles cells.tsv
try --vocab features.tsv:2 --titles cells.tsv:cell
grep -o 'A[ACGT]*-1' out/report.html | sort -u
try --vocab features.tsv:2 --titles cells.tsv:sample
# The same of a transposed matrix, as 10x Genomics writes them: words x documents.
awk 'NR == 2 { print $2, $1, $3; next } NR > 2 { print $2, $1, $3; next } { print }' counts.mtx >turned.mtx
"$rlra" topics turned.mtx -r 2 --vocab features.tsv:2 --titles barcodes.tsv -o turned 2>&1 | grep note
# Lines may end as they do on any system.
for end in '\n' '\r\n' '\r'; do
    printf "ENSX01\tACT1${end}ENSX02\tBRF2${end}ENSX03\tCDC7${end}" >ended.tsv
    try --vocab ended.tsv -q
    printf "a b${end}c${end}d" >ended.txt
    try --vocab ended.txt -q
done
