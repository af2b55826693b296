# --memory-limit: data that do not fit are read from their file in every sweep, to the same factors.
python3 - <<'END'
import random
import struct
from arrays import write_npy
random.seed(1)
values = [random.random() for _ in range(600000)]
write_npy("data.npy", (12000, 50), values)
values = values[:400000] * 10
write_npy("cube.npy", (400, 80, 125), values, "<f4")
with open("scene.img", "wb") as file:
    file.write(struct.pack(">4000000H", *(int(1000 * x) for x in values)))
with open("scene.hdr", "w") as file:
    file.write("ENVI\nlines = 400\nsamples = 80\nbands = 125\ndata type = 12\ninterleave = bil\nbyte order = 1\n")
END
fit()
{
    command=$1 file=$2 limit=$3
    shift 3
    "$rlra" "$command" "$file" -r 3 --max-sweeps 5 --quiet -o whole "$@"
    "$rlra" "$command" "$file" -r 3 --max-sweeps 5 -o parts --memory-limit "$limit" "$@" | grep 'read from'
    cmp whole/factors.npz parts/factors.npz && echo "$file: same factors"
}
fit nmf data.npy 4M
fit nmf data.npy 4.2MiB --init random --threads 2
fit cp cube.npy 12M --init random
fit cp scene.hdr 20M
# The data fit into this, and with what the fit needs beside them they do not.
fit nmf data.npy 6200K
fit nmf data.npy 1G
"$rlra" nmf data.npy -r 3 --max-sweeps 5 --checkpoint kept --quiet -o whole
"$rlra" nmf data.npy -r 3 --memory-limit 4M --plan --threads 1 | grep -E 'data|runs'
"$rlra" nmf data.npy -r 3 --memory-limit 4M --max-sweeps 7 --checkpoint kept --resume -o parts | grep resumed
try()
{
    code=0
    "$rlra" nmf "$@" -o refused || code=$?
    echo "-> $code"
}
try data.npy -r 3 --memory-limit 200K 2>&1 | sed 's/[0-9.]* MiB/N MiB/g'
try data.npy -r 3 --memory-limit much
try data.npy -r 3 --memory-limit 0
try data.npy -r 3 --memory-limit 4M --missing nan
try data.npy -r 3 --memory-limit 4M --init snpa
printf '1,2\n3,4\n5,6\n' >table.csv
try table.csv -r 1 --memory-limit 10
try table.csv -r 1 --memory-limit 1M --quiet
# Shorter in the third sweep: the best factors so far are kept.
python3 - <<'END'
import os, subprocess, time
fit = subprocess.Popen([os.environ["rlra"], "nmf", "data.npy", "-r", "3", "--memory-limit", "4M", "--max-sweeps", "1000000", "--tolerance", "0",
                        "--decrease", "0", "--log", "log.jsonl", "-o", "kept-factors"], stderr=subprocess.PIPE, text=True)
while fit.poll() is None and (not os.path.exists("log.jsonl") or os.path.getsize("log.jsonl") < 1000):
    time.sleep(0.01)
os.truncate("data.npy", 100000)
messages = fit.communicate()[1]
print("ended with", fit.returncode, "data.npy" in messages.splitlines()[0], "the factors of the best of" in messages)
print(sorted(os.listdir("kept-factors")))
END
ls
