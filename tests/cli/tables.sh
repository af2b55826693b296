# Tables in text: what is guessed is reported, options override it, and what they cannot mean is refused.
run()
{
    printf '%s\n' "--- $*"
    code=0
    "$rlra" "$@" 2>err.txt | sed 1d || code=$?
    cat err.txt
}
printf 'x,y\n1,2\n#N/A,3\n4,5\n' >hash.csv
run info hash.csv
run info hash.csv --missing nan
run nmf hash.csv -r 1 -q
printf ',400,410\n250,1,2\n260,3,4\n270,4,4\n' >eem.csv
run info eem.csv
run info eem.csv --first-column data
run info eem.csv --first-column names
run info eem.csv --names none
printf '"","a","b"\n"s1",1,2\n"s2",3,4\n' >rows.csv
run info rows.csv
printf 'Made by me\nnm;AU\n400;1.234,5\n410;2\n' >comma.csv
run info comma.csv
run info comma.csv --decimal comma --grouping .
run info comma.csv --skip 3
run info comma.csv --skip 3 --names 2 --first-column=axis
printf '1,2\r3,4\r5,7\r' >mac.csv
run info mac.csv
printf '1,n.d.,3\n4,5,6\n' >spoiled.csv
run info spoiled.csv
run info spoiled.csv --skip 1
run info spoiled.csv --names 1
printf '1,2,3,\n4,5,6,\n' >ends.csv
run info ends.csv
echo "--- every command that reads data takes them"
for command in 'nmf -r 1' 'cp -r 1' 'separable -r 1' 'topics -r 1'; do
    # shellcheck disable=SC2086 # a command and its rank
    "$rlra" $command comma.csv --decimal comma --grouping . -q -o out && echo "$command: done"
done
"$rlra" nnls comma.csv comma.csv --decimal comma --grouping . -q -o x.csv && cat x.csv
"$rlra" unmix comma.csv -r 1 --shape 1x2 --decimal comma --grouping . -q -o out && echo "unmix: done"
echo "--- notes"
"$rlra" nmf rows.csv -r 1 -o out 2>&1 >out.txt | sort
echo "--- wrong usage"
python3 -c 'from arrays import write_npy; write_npy("a.npy", (2, 2), range(4))'
for wrong in 'rows.csv --names 0' 'rows.csv --names x' 'rows.csv --skip -1' 'rows.csv --skip 1.5' 'rows.csv --grouping ab' \
    'rows.csv --decimal comma --grouping ,' 'rows.csv --first-column both' 'a.npy --skip 1' 'a.npy --first-column data' \
    'a.npy --names none' 'rows.csv --names 7' 'rows.csv --skip 7'; do
    code=0
    # shellcheck disable=SC2086 # a file and an option
    "$rlra" nmf $wrong -r 1 -o wrong >out.txt 2>err.txt || code=$?
    echo "-> $code $(cat err.txt)"
done
echo "--- names and places are shown"
printf 'sample,a,b,c\ns1,1,2,3\ns2,3,1,2\ns3,1,1,5\n' >named.csv
"$rlra" separable named.csv -r 2 -o named 2>/dev/null | sed -n '/^Columns/,/^$/p'
"$rlra" nmf named.csv -r 2 -q -o named
"$rlra" nmf eem.csv -r 1 -q -o eem
grep -o '"labels":[^}]*' named/report.html
grep -o '"x":\[[24]..,[^]]*\]' eem/report.html
