# --init takes the factors of an earlier run and continues from there.
printf '4,2,6,1\n2,1,3,0.5\n0,3,3,6\n8,7,15,8\n4,5,9,7.5\n' >data.csv
"$rlra" nmf data.csv -r 2 --max-sweeps 3 -o first --quiet
"$rlra" nmf data.csv --init first/factors.npz -o second --quiet && echo "rank from the file"
python3 - <<'END'
import json
first, second = (json.load(open(name + "/run.json")) for name in ("first", "second"))
print(second["rank"], second["options"]["init_file"], first["stop"])
print("goes on:", second["start_objective"] <= first["objective"] * (1 + 1e-9), second["objective"] <= first["objective"])
END
try()
{
    code=0
    "$rlra" nmf data.csv "$@" -o third --quiet 2>err.txt || code=$?
    echo "-> $code"
}
try --init first/factors.npz -r 3
cat err.txt
try --init nowhere.npz -r 2
grep -c 'nowhere.npz' err.txt
printf '1,2\n3,4\n' >small.csv
"$rlra" nmf small.csv -r 2 -o small --quiet
try --init small/factors.npz
grep -c 'init' err.txt
try --init data.csv -r 2
python3 - <<'END'
import zipfile
with zipfile.ZipFile("first/factors.npz") as old, zipfile.ZipFile("odd.npz", "w") as new:
    for name in old.namelist():
        new.writestr(name, old.read("factor_0.npy" if name == "weights.npy" else name))
END
try --init odd.npz
cat err.txt
