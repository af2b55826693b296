"""Kill drawn fits at drawn moments with SIGKILL, resume them, and compare: same bits, results old or new and whole, nothing left.

usage: kill.py RLRA [SHIM] [--kills N] [--seed S] [--trial T]

Each trial draws a fit (drawing.py), runs it once to its end, and then again with a checkpoint, killed one to three times: after a
drawn time or sweep, while the result is put in place, or, with the SHIM of disk_shim.c, at a change of the file system. What the
program refuses must be refused in the same words with and without a checkpoint. Without --kills: 20, or 1000 where RLRA_NIGHTLY is
set. --trial runs one trial of a seed again.
"""
import argparse
import collections
import concurrent.futures
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import commands
import drawing
import nightly
import walks
from results import content, lacks, timeless

MINE = {"mine.txt": b"of the user"}
TRIES = 60  # draws for one fit that is taken
LONGEST = 60  # seconds
counts = collections.Counter()
taken, tried = collections.Counter(), collections.Counter()


class Failure(Exception):
    pass


def demand(condition, *words):
    if not condition:
        raise Failure(" ".join(map(str, words)))


class Trial:
    """What runs, is killed and runs again in a folder of its own."""

    def __init__(self, asked, registry, number, home):
        self.rlra, self.shim, self.registry, self.home = asked.rlra, asked.shim, registry, home
        self.rng = random.Random(f"{asked.seed}:{number}")
        self.history = []

    def start(self, line, folder="", **environment):
        self.history.append(" ".join(line))
        return subprocess.Popen(line, cwd=os.path.join(self.home, folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env=dict(os.environ, OMP_WAIT_POLICY="passive", **environment))

    def run(self, line, folder="", **environment):
        process = self.start(line, folder, **environment)
        try:
            _, errors = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failure(f"no end within {LONGEST} s") from None
        return process.returncode, errors

    def count(self, process, way):
        """Count how a process ended that was to be killed; returns whether it was, and what it printed."""
        out, errors = process.communicate(timeout=LONGEST)
        killed = process.returncode == -signal.SIGKILL
        demand(killed or process.returncode == 0, "ended with", process.returncode, errors)
        counts[f"by {way}" if killed else "ended before the kill"] += 1
        counts["killed"] += killed
        return killed, subprocess.CompletedProcess([], process.returncode, out, errors)


class FitTrial(Trial):
    """A drawn fit, resumed until it is done."""

    def __init__(self, asked, registry, number, home):
        super().__init__(asked, registry, number, home)
        focuses = registry.focuses()
        self.focus = focuses[(number - number // 5) % len(focuses)]
        self.out = os.path.join(home, "run", "out")

    def command(self, words, out, *more):
        threads = ["--threads", str(self.rng.randint(1, 3))]
        return [self.rlra, *words, *threads, "-o", out, "-q", *more]

    def draw(self):
        """Draw until the program takes a fit; returns whether one was found."""
        for _ in range(TRIES):
            shutil.rmtree(self.home)
            os.makedirs(os.path.join(self.home, "run"))
            self.history = []
            fit = drawing.draw(self.rng, self.registry, self.home, self.focus)
            if "start.npz" in fit.words and not self.make_start(fit):
                continue
            began = time.monotonic()
            line = self.command(fit.words, "reference")
            code, errors = self.run(line)
            self.seconds = time.monotonic() - began
            tried[self.focus] += 1
            if code == 0:
                self.fit = fit
                return True
            self.check_refusal(line, code, errors)
        return False

    def make_start(self, fit):
        plain = [fit.command, fit.words[1], "-r", str(fit.rank), "--max-sweeps", "2", "--init", "random"]
        code, _ = self.run([self.rlra, *plain, "-o", "first", "-q"])
        if code == 0:
            os.rename(os.path.join(self.home, "first", "factors.npz"), os.path.join(self.home, "start.npz"))
            shutil.rmtree(os.path.join(self.home, "first"))
        return code == 0

    def check_refusal(self, line, code, errors):
        counts["refused"] += 1
        demand(code in (1, 2), "ended with", code, errors)
        lines = [line for line in errors.splitlines() if not line.startswith("rlra: note: ")]
        demand(lines and lines[0].startswith("rlra: ") and len(lines) <= 2, "no sentence:", errors)
        demand(content(os.path.join(self.home, "reference")) is None, "a refused fit left a folder")
        if self.rng.random() < 0.2:
            again = self.run([*line, "--checkpoint", "ck"])
            demand(again == (code, errors), "refused otherwise with a checkpoint:", (code, errors), again)

    def begin(self):
        """An older result, and a file of the user, in half of the trials."""
        self.old = None
        if self.rng.random() < 0.5:
            words = [self.fit.command, self.fit.words[1], "-r", str(self.fit.rank + 1), "--max-sweeps", "1"]
            code, errors = self.run(self.command(words, self.out, "--init", "random"))
            if code == 0:
                with open(os.path.join(self.out, *MINE), "wb") as file:
                    file.writelines(MINE.values())
                self.old = content(self.out)
        whole = content(os.path.join(self.home, "reference"))
        demand(lacks(whole) is None, "the reference is not whole:", lacks(whole))
        self.wanted = timeless(whole)
        self.sweeps = (len(self.wanted["trace.csv"]) - 1) * self.fit.starts
        self.writing = json.loads(whole["run.json"])["timings"]["write"]

    def check(self, when):
        """The folder holds nothing, the old result or the new one; returns which."""
        files = content(self.out)
        if self.old is None and not files:
            return "none"
        demand(files, when + ": the old result is gone")
        if files == self.old:
            return "old"
        mine = MINE if self.old is not None else {}
        demand(all(files.get(name) == data for name, data in mine.items()), when + ": a file of the user is gone")
        wrong = lacks(files, mine, 2**16 if self.rng.random() < 0.8 else 2**30)
        demand(wrong is None, f"{when}: not whole: {wrong}")
        self.compare(files, mine, when)
        return "new"

    def compare(self, files, mine, when):
        came = timeless(files, mine)
        for name in sorted(set(self.wanted) | set(came)):
            demand(self.wanted.get(name) == came.get(name), f"{when}: {name} differs: {self.difference(name, came)}")

    def difference(self, name, came):
        a, b = self.wanted.get(name), came.get(name)
        if a is None or b is None:
            return f"only in {'the reference' if b is None else 'the result'}"
        at = next((k for k, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        return f"at {at}: {a[at:at + 80]!r} and {b[at:at + 80]!r}"

    def wait_for(self, process, way):
        """Until the moment to kill, or the end of the process."""
        if way == "time":
            moment = time.monotonic() + self.rng.random() * self.seconds
            while process.poll() is None and time.monotonic() < moment:
                time.sleep(0.0002)
            return
        log, run = os.path.join(self.home, "run", "log"), os.path.join(self.home, "run")
        sweep = self.rng.randrange(self.sweeps)
        late, limit = self.rng.random() * self.writing, time.monotonic() + LONGEST
        while process.poll() is None and time.monotonic() < limit:
            if way == "sweep" and os.path.exists(log):
                with open(log, "rb") as file:
                    if file.read().count(b"\n") > sweep:
                        return
            if way == "swap" and any(name.startswith("out.tmp-") for name in os.listdir(run)):
                time.sleep(late)
                return
            time.sleep(0.0002)

    def kill_once(self, number):
        way = self.rng.choice(("time", "sweep", "swap") + (("change",) if self.shim else ()))
        every = self.rng.choice(("0", "0", "0.002", "0.01"))
        more = ["--checkpoint", "run/ck", "--checkpoint-every", every, "--log", "run/log"]
        more += ["--resume"] if number > 0 or self.rng.random() < 0.5 else []
        faults = {}
        if way == "change":
            at = self.rng.randint(1, 40 if self.rng.random() < 0.5 else 40 + 4 * self.sweeps)
            faults = {"LD_PRELOAD": self.shim, "DISK_FAULT": self.rng.choice(("die", "died")), "DISK_FAULT_AT": str(at)}
            self.history.append(f"(die at change {at})")
        process = self.start(self.command(self.fit.words, "run/out", *more), **faults)
        if way != "change":
            self.wait_for(process, way)
            process.send_signal(signal.SIGKILL)
        killed, _ = self.count(process, way)
        state = self.check(f"after a kill by {way}" if killed else "at the end")
        demand(killed or state == "new", "exit 0, and the result is", state)
        counts[f"found {state}"] += killed
        return killed

    def finish(self):
        code, errors = self.run(self.command(self.fit.words, "run/out", "--checkpoint", "run/ck", "--resume", "--log", "run/log"))
        demand(code == 0, "the last run ended with", code, errors)
        demand(self.check("at the end") == "new", "the last run left the old result")
        left = set(os.listdir(os.path.join(self.home, "run")))
        demand(left == {"out", "ck", "log"}, "left beside the folder:", sorted(left))
        states = set(os.listdir(os.path.join(self.home, "run", "ck")))
        fits = [k + above for k in range(self.fit.starts) for above in (0, 1000)]  # above: with escapes from the best end
        known = {"lock"} | {f"start-{k}.{what}" for k in fits for what in ("checkpoint", "previous")}
        demand(states <= known, "left among the checkpoints:", sorted(states - known))

    def carry_out(self):
        if not self.draw():
            return 0
        self.begin()
        kills = sum(self.kill_once(number) for number in range(self.rng.choice((1, 1, 1, 2, 3))))
        self.finish()
        for member in self.fit.members:
            taken[member] += 1
        counts["fits"] += 1
        return kills


class ExampleTrial(Trial):
    """An example of a command that writes (commands.py), killed and run again: what it writes is old, new or not there."""

    def __init__(self, asked, registry, number, home):
        super().__init__(asked, registry, number, home)
        self.box = f"trial-{number}"
        self.walk = asked.walk_of(self.rng.choice([e for e in commands.EXAMPLES if e.writes or e.folder]))

    def carry_out(self):
        walk, older = self.walk, self.rng.random() < 0.5
        way = "change" if self.shim and self.rng.random() < 0.7 else "time"
        changes = len(walk.changes(self.shim, older)) if way == "change" else 0
        faults = {"LD_PRELOAD": self.shim, "DISK_FAULT": self.rng.choice(("die", "died")),
                  "DISK_FAULT_AT": str(self.rng.randint(1, changes))} if way == "change" else {}
        box = walk.begin(self.box, older)
        process = self.start([self.rlra, *walk.words], box, **faults)
        if way == "time":
            time.sleep(self.rng.random() * walk.seconds)
            process.send_signal(signal.SIGKILL)
        killed, done = self.count(process, way)
        wrong = walk.faults(box, done, older, killed) or walk.again(box, older)
        demand(not wrong, *wrong)
        shutil.rmtree(box)
        counts["examples"] += 1
        return killed


class Walks:
    """The examples as they are where nothing fails, run when they are first asked for."""

    def __init__(self, rlra, folder):
        self.home, self.known, self.lock = walks.Home(rlra, folder), {}, threading.Lock()

    def of(self, example):
        with self.lock:
            if example.name not in self.known:
                self.known[example.name] = walks.Walk(self.home, example)
            return self.known[example.name]


def one(asked, registry, number, failures):
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix="rlra-kill-") as home:
        trial = (ExampleTrial if number % 5 == 4 else FitTrial)(asked, registry, number, home)
        try:
            return trial.carry_out()
        except (Failure, subprocess.TimeoutExpired, OSError, ValueError, KeyError) as failure:
            lines = "\n  ".join(trial.history[-8:])
            failures.append(f"trial {number} of seed {asked.seed}: {type(failure).__name__}: {failure}\n  {lines}")
            return 0


def arguments():
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    parser = argparse.ArgumentParser()
    parser.add_argument("rlra", type=os.path.abspath)
    parser.add_argument("shim", nargs="?", type=os.path.abspath)
    parser.add_argument("--kills", type=int, default=nightly.trials(20, 1000))
    parser.add_argument("--seed", type=int, default=nightly.seed())
    parser.add_argument("--trial", type=int)
    parser.add_argument("--folder", default=memory, help="where the files go; a disk in memory syncs faster")
    return parser.parse_args()


def main():
    asked, failures = arguments(), []
    registry = drawing.Registry(asked.rlra)
    print(f"seed {asked.seed}")
    numbers = itertools.count() if asked.trial is None else iter([asked.trial])
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix="rlra-kill-") as folder, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        asked.walk_of = Walks(asked.rlra, folder).of
        running = set()
        while len(failures) < 20 and (counts["killed"] < asked.kills or running):
            while len(running) < 2 and counts["killed"] + len(running) < asked.kills:
                number = next(numbers, None)
                if number is None:
                    break
                running.add(pool.submit(one, asked, registry, number, failures))
            if not running:
                break
            done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
    never = [" ".join(f) for f in registry.focuses() if tried[f] >= 3 * TRIES and not taken[f]]
    for failure in failures:
        print(failure)
    print(", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    if never:
        print("in no fit that is taken:", ", ".join(never))
    print(f"seed {asked.seed}: {counts['killed']} kills in {counts['fits']} fits, {len(failures)} failures")
    return bool(failures or never or (asked.trial is None and counts["killed"] < asked.kills))


if __name__ == "__main__":
    sys.exit(main())
