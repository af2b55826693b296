"""Let change N of the file system fail, or the process die at it, for N = 1, 2, .. under every example of a command that writes:
results are old or new, and whole; the next run gives the same and leaves nothing else behind.

usage: disk_faults.py RLRA SHIM [--trials N] [--seed S] [--only WORD]

By default N trials are drawn from all; all are made where RLRA_NIGHTLY is set.
"""
import argparse
import collections
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import tempfile

import nightly
import walks

WAYS = ("ENOSPC", "EIO", "EDQUOT", "EINTR", "short", "full", "die", "died")
KILLS = ("die", "died")
counts = collections.Counter()
failures = []


def trials(shim, walked):
    """Every way at every change of every example, into a new place and over older results."""
    for walk in walked:
        for older in (False, True):
            changes = walk.changes(shim, older)
            yield from ((walk, older, way, at, changes) for way in WAYS for at in range(1, len(changes) + 1))


def trial(number, home, shim, walk, older, way, at, changes):
    box = walk.begin(f"trial-{number}", older)
    fault = {"LD_PRELOAD": shim, "DISK_FAULT": way, "DISK_FAULT_AT": str(at)}
    try:
        done = home.run(walk.words, box, environment=fault)
        killed = done.returncode < 0 and way in KILLS
        clearing = changes[at - 1] in ("unlink", "rmdir", "rename")
        faults = walk.faults(box, done, older, killed, clearing) or walk.again(box, older)
        counts["killed" if killed else "done" if done.returncode == 0 else "refused"] += 1
    except subprocess.TimeoutExpired:
        faults = [f"no end within {walks.LONGEST} s"]
    counts["trials"] += 1
    shutil.rmtree(box)
    if faults:
        failures.append(f"{walk.name}, {way} at {at} of {len(changes)} ({changes[at - 1]}), {'over an older result' if older else 'new'}: {faults[0]}")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("rlra", type=os.path.abspath)
    parser.add_argument("shim", type=os.path.abspath)
    parser.add_argument("--trials", type=int)
    parser.add_argument("--seed", type=int, default=nightly.seed())
    parser.add_argument("--only", default="", help="examples whose name holds this")
    return parser.parse_args()


def main():
    asked = arguments()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="rlra-disk-") as folder:
        home = walks.Home(asked.rlra, folder)
        walked = walks.all_walks(home, lambda each: asked.only in each.name and (each.folder or each.writes))
        if walked is None:
            return 1
        every = list(trials(asked.shim, walked))
        wanted = asked.trials or nightly.trials(120, len(every))
        chosen = random.Random(asked.seed).sample(every, min(wanted, len(every)))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(trial, k, home, asked.shim, *one) for k, one in enumerate(chosen)]:
                each.result()
        failures.extend(f"{name} was changed" for name in home.harmed())
    print("\n".join(failures[:60]))
    print(f"seed {asked.seed}: {counts['trials']} of {len(every)} trials, {len(failures)} failures: " +
          ", ".join(f"{counts[word]} {word}" for word in ("done", "refused", "killed")))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
