# Ctrl-C ends a regression after the current columns: they are written, the others hold their start.
python3 - <<'END'
import os, random, signal, subprocess, time
from arrays import read_npz, write_npy
random.seed(1)
write_npy("W.npy", (30, 5), [random.random() for _ in range(150)])
write_npy("Y.npy", (30, 20000), [int(20 * random.random() ** 3) for _ in range(600000)], "<u2")
command = [os.environ["rlra"], "nnls", "W.npy", "Y.npy", "--loss", "kl", "--update", "mu", "--tolerance", "0", "--max-sweeps",
           "30000", "-o", "X.npz"]


def catches(process, number):
    """Whether the program has installed its handler."""
    with open("/proc/%d/status" % process.pid) as status:
        caught = [line for line in status if line.startswith("SigCgt")][0]
    return int(caught.split()[1], 16) >> (number - 1) & 1


for number in (signal.SIGINT, signal.SIGTERM):
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while running.poll() is None and not catches(running, number):
        time.sleep(0.01)
    time.sleep(0.2)
    running.send_signal(number)
    printed, note = running.communicate(timeout=60)
    x = read_npz("X.npz")
    print(number.name, running.returncode, x["X"][0], min(x["X"][1]) >= 0, "interrupted" in printed, "interrupted" in note)
    os.remove("X.npz")
print(sorted(os.listdir(".")))
END
