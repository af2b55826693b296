# Ctrl-C stops after the current sweep and writes what there is; a terminal gets a progress bar.
python3 - <<'END'
import json, os, pty, random, signal, subprocess, time
from arrays import write_npy
rlra = os.environ["rlra"]
random.seed(1)
write_npy("noise.npy", (300, 200), [random.random() for _ in range(60000)])
endless = [rlra, "nmf", "noise.npy", "-r", "10", "--update", "mu", "--tolerance", "0", "--decrease", "0", "--max-sweeps",
           "1000000000"]


def wait_for(path):
    for _ in range(600):
        if os.path.exists(path) and os.path.getsize(path) > 200:
            return
        time.sleep(0.05)
    raise SystemExit(path + " does not grow")


for number in (signal.SIGINT, signal.SIGTERM):
    if os.path.exists("run.jsonl"):
        os.remove("run.jsonl")
    running = subprocess.Popen(endless + ["--log", "run.jsonl", "-o", "stopped", "--quiet"])
    wait_for("run.jsonl")
    running.send_signal(number)
    code = running.wait(30)
    record = json.load(open("stopped/run.json"))
    print(number.name, code, record["stop"], record["sweeps"] > 0, sorted(os.listdir("stopped")))

leader, follower = pty.openpty()
running = subprocess.Popen(endless + ["--time-limit", "0.6", "-o", "watched"], stdout=subprocess.DEVNULL, stderr=follower)
os.close(follower)
drawn = b""
while True:
    try:
        part = os.read(leader, 4096)
    except OSError:
        break
    if not part:
        break
    drawn += part
print(running.wait(), json.load(open("watched/run.json"))["stop"])
print(all(word in drawn for word in (b"sweep", b"cost", b"kkt", b"eta")), drawn.endswith(b"\r\x1b[K"))
END
