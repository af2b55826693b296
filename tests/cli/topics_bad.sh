# Counts and vocabularies that are none end with one sentence that reports what was expected, what came and where.
head='%%MatrixMarket matrix coordinate real general'
mtx() { printf '%s\n' "$head" "$@"; }
mtx '3 4 5' '1 1 2' '1 2 1' '2 3 4' '3 4 1' '3 1 1.5' >counts.mtx
mtx '3 4 4' '1 1 2' '2 3 -4' '3 4 1' '3 2 1' >negative.mtx
mtx '3 4 0' >none.mtx
mtx '3 4 2' '1 1 0' '2 2 0' >zeros.mtx
mtx '4 4 4' '1 2 1' '2 3 1' '3 4 1' '4 1 2' >square.mtx
printf 'ant\nbee\ncat\ndog\n' >words.txt
printf 'ant\nbee\ncat\ndog\neel\n' >five.txt
printf 'ant\nbee\ncat\n' >three.txt
printf 'ant\n\ncat\ndog\n' >hole.txt
printf 'ant\nbee\nant\nbee\n' >twice.txt
printf 'ant\nb\303\050e\ncat\ndog\n' >latin.txt
printf 'a\0n\0t\0\n' >wide.txt
: >empty.txt
printf '1,2,-3,4\n1,0,1,0\n0,0,1,1\n' >dense.csv
printf '1,nan,3,4\n1,0,1,0\n0,0,1,1\n' >holes.csv
mkdir folder
try()
{
    code=0
    "$rlra" topics "$@" -o refused --quiet 2>err.txt || code=$?
    sed 's/: \(loss\|one of\): .*/: ../' err.txt
    echo "-> $code"
}
echo "--- usage"
try
try counts.mtx
try counts.mtx -r 2 --top 0
try counts.mtx -r 2 --top 2.5
try counts.mtx -r 2 --relevance 2
try counts.mtx -r 2 --relevance x
try counts.mtx -r 2 --vocabulary words.txt
echo "--- vocabulary"
try counts.mtx -r 2 --vocab five.txt
try counts.mtx -r 2 --vocab words.txt --transpose
try square.mtx -r 2 --vocab three.txt
try counts.mtx -r 2 --vocab hole.txt
try counts.mtx -r 2 --vocab empty.txt
try counts.mtx -r 2 --vocab wide.txt
try counts.mtx -r 2 --vocab absent.txt
try counts.mtx -r 2 --vocab folder
try counts.mtx -r 2 --vocab words.txt --titles words.txt
echo "--- counts"
try negative.mtx -r 2 --vocab words.txt
try dense.csv -r 2
try holes.csv -r 2
try none.mtx -r 2
try zeros.mtx -r 2
try counts.mtx -r 4
try words.txt -r 1
try absent.mtx -r 1
try square.mtx -r 1 --loss is
[ ! -e refused ] || echo "a folder was left"
echo "--- odd, but possible"
"$rlra" topics counts.mtx -r 2 --vocab twice.txt -o twice 2>&1 | grep note
"$rlra" topics counts.mtx -r 2 --vocab latin.txt -o latin 2>&1 | grep note
"$rlra" topics counts.mtx -r 1 --vocab words.txt --top 1000 -o one --quiet && wc -l <one/topics.csv
"$rlra" topics square.mtx -r 4 --vocab words.txt --loss frobenius -o square --quiet && wc -l <square/topics.csv
