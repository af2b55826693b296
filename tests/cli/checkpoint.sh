# A fit that is killed again and again, also while it writes, ends with the bits of one that was left alone.
python3 - <<'END'
import csv, json, os, random, signal, subprocess, time
from arrays import read_npz, write_npy
rlra = os.environ["rlra"]
random.seed(1)
write_npy("noise.npy", (300, 200), [random.random() for _ in range(60000)])
fit = [rlra, "nmf", "noise.npy", "-r", "7", "--update", "mu", "--extrapolate", "off", "--tolerance", "0", "--decrease", "0", "--max-sweeps", "1000", "--quiet"]
subprocess.run(fit + ["-o", "whole"], check=True)
kills = 0
while True:
    # The last attempt, which is left alone, need not write that often.
    every = "0" if kills < 12 else "60"
    running = subprocess.Popen(fit + ["-o", "killed", "--checkpoint", "kept", "--checkpoint-every", every, "--resume",
                                      "--threads", str(1 + kills % 2)])
    # However busy the machine is: the first is not killed before there is something to resume from.
    while running.poll() is None and not os.path.exists("kept/start-0.checkpoint"):
        time.sleep(0.002)
    try:
        code = running.wait(random.uniform(0.01, 0.12) if kills < 12 else 100)
        break
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)
        running.wait()
        kills += 1


def trace(folder):
    return [[row[key] for key in row if key != "seconds"] for row in csv.DictReader(open(folder + "/trace.csv"))]


print("killed:", kills >= 2, "ended with", code)
print("same factors:", read_npz("whole/factors.npz") == read_npz("killed/factors.npz"))
print("same trace:", trace("whole") == trace("killed"), len(trace("killed")))
one, other = (json.load(open(folder + "/run.json")) for folder in ("whole", "killed"))
print("same numbers:", [one[key] == other[key] for key in ("objective", "kkt_residual", "sweeps", "stop", "start_objective")])
print("resumed:", other["checkpoint"]["resumed_sweeps"] > 0, "checkpoint" in one)
print("kept:", sorted(os.listdir("kept")))
END
# A limit that was reached can be raised; a checkpoint of another fit is refused, one that exists is not overwritten.
printf '4,2,6,1\n2,1,3,0.5\n0,3,3,6\n8,7,15,8\n' >data.csv
sed 's/15/14/' data.csv >other.csv
run()
{
    code=0
    "$rlra" nmf "$@" --tolerance 0 --decrease 0 --checkpoint state >out.txt 2>&1 || code=$?
    grep -E 'resumed|rlra:' out.txt
    echo "-> $code"
}
run data.csv -r 2 --max-sweeps 3
run data.csv -r 2 --max-sweeps 5
run data.csv -r 2 --max-sweeps 5 --resume
run data.csv -r 2 --max-sweeps 5 --resume --threads 2 --time-limit 100
run other.csv -r 2 --resume 2>&1 | sed "s/'[0-9a-f]\{16\}'/HASH/g"
run data.csv -r 1 --resume
run data.csv -r 2 --resume --seed 3
run data.csv -r 2 --resume --prior W:nonneg,l1=0.5
run data.csv -r 2 --resume --dtype f32
# Damage: the checkpoint before the last is taken; where there is none, this is reported.
run data.csv -r 2 --max-sweeps 7 --resume --checkpoint-every 0
printf 'damaged' >state/start-0.checkpoint
run data.csv -r 2 --max-sweeps 7 --resume
printf 'damaged' >state/start-0.checkpoint
rm state/start-0.previous
run data.csv -r 2 --max-sweeps 7 --resume
rm -r state
echo text >state
run data.csv -r 2 --resume
rm state
try()
{
    code=0
    "$rlra" nmf data.csv -r 2 "$@" || code=$?
    echo "-> $code"
}
try --resume
try --checkpoint-every 5
try --checkpoint-every -1 --checkpoint state
try --checkpoint no/such/folder
try --checkpoint ''
# Starts have a checkpoint each: those that were done are not done again.
for count in 2 4; do
    "$rlra" nmf data.csv -r 2 --starts $count --seed 1 --checkpoint many --resume --max-sweeps 50 -o starts$count --quiet
    ls many | grep -c 'start-.*\.checkpoint'
done
"$rlra" nmf data.csv -r 2 --starts 4 --seed 1 --max-sweeps 50 -o fresh --quiet
python3 - <<'END'
import json
from arrays import read_npz
print("same factors:", read_npz("starts4/factors.npz") == read_npz("fresh/factors.npz"))
a, b = (json.load(open(folder + "/run.json"))["starts"] for folder in ("starts4", "fresh"))
print("same starts:", [[x[key] == y[key] for key in ("seed", "objective", "sweeps", "match_score")] for x, y in zip(a, b)])
END
