# Where results go: a named folder made with its parents, a default name, and a clear end where none can be made.
printf '4,2,6,1\n2,1,3,0.5\n0,3,3,6\n' >data.csv
"$rlra" nmf data.csv -r 1 --quiet && ls
"$rlra" nmf data.csv -r 1 --quiet -o deep/er/folder && ls deep/er/folder
try()
{
    code=0
    "$rlra" nmf data.csv -r 1 "$@" || code=$?
    echo "-> $code"
}
echo text >file
try -o file/below
try -o file
try -o ''
try --log nowhere/run.jsonl
mkdir result
echo old >result/run.json
mkdir result/factors.npz
try --quiet -o result 2>err.txt
grep -c 'factors.npz' err.txt
echo "the record of the failed run is the old one: $(cat result/run.json)"
ls result
rmdir result/factors.npz
"$rlra" nmf data.csv -r 1 --quiet -o result && ls result
# The record knows its companions.
python3 - <<'END'
import json, os
files = json.load(open("result/run.json"))["files"]
print({name: len(about["xxh64"]) == 16 and about["bytes"] == os.path.getsize("result/" + name)
       for name, about in files.items()})
END
"$rlra" list >/dev/full
echo "-> $?"
"$rlra" nmf data.csv -r 1 --quiet --log /dev/full -o full
echo "-> $?"
# Without the page, which the other commands that write one leave out, too; that of an older result goes with it.
"$rlra" nmf data.csv -r 1 --quiet -o bare && ls bare
"$rlra" nmf data.csv -r 1 --quiet --no-report -o bare && ls bare
python3 -c 'import json; print(sorted(json.load(open("bare/run.json"))["files"]))'
"$rlra" cp data.csv -r 1 --quiet --no-report -o bare && ls bare
"$rlra" separable data.csv -r 1 --quiet --no-report -o bare && ls bare
"$rlra" topics data.csv -r 1 --quiet --no-report -o bare && ls bare
"$rlra" unmix data.csv -r 1 --shape 2x2 --quiet --no-report -o bare && ls bare
"$rlra" info data.csv --no-report
echo "-> $?"
"$rlra" nmf data.csv -r 1 --no-report=yes
echo "-> $?"
