"""Ladders of limits under every example of the commands: address space, descriptors, processes, file size, stack.

usage: limits.py RLRA [--seed S] [--only WORD]

At each step a command does all that it does without the limit, to the same bits, or reports in one sentence why not, and then what it
leaves is what was there. Where the limit lets not even `rlra --version` be loaded, the step is counted apart. Half of a few steps
of each ladder by default, drawn for each example; all of them where RLRA_NIGHTLY is set.
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
import threading

import nightly
import walks

K, M = 1 << 10, 1 << 20
LOADER = ("error while loading shared libraries", "failed to map segment", "cannot allocate memory in static TLS")
# What prlimit calls it: lowest and highest value at which a program may begin to be loaded, and the grain of the search.
STACKS = (24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 4096, 65536)
SEARCHED = {"as": (4 * M, 256 * M, 64 * K), "nofile": (1, 64, 1), "stack": (4 * K, 4 * M, 4 * K)}


class Ladders:
    """The values of each limit, from the least with which the program can be loaded."""

    def __init__(self, home, rng):
        self.home, self.rng = home, rng
        self.least = {kind: self.find_least(kind, *bounds) for kind, bounds in SEARCHED.items()}

    def can_load(self, kind, value):
        done = self.home.run(["--version"], self.home.folder, limit(kind, value))
        return 0 <= done.returncode < 126 and not any(words in done.stderr for words in LOADER)

    def find_least(self, kind, low, high, grain):
        """By halving: loading gets no harder with more room. Addresses differ from run to run, and so does what is needed."""
        while high - low > grain:
            middle = (low + high) // (2 * grain) * grain
            low, high = (low, middle) if self.can_load(kind, middle) else (middle, high)
        return high + 2 * grain

    def jitter(self, values, grain):
        return [value + self.rng.randrange(grain) for value in values]

    def values(self):
        """Pairs of a kind and its values. Numbers of processes are those of a user who has no others."""
        space, files, stack = self.least["as"], self.least["nofile"] - 2, self.least["stack"]
        if not nightly.is_nightly():
            few = {"as": self.jitter([space, space + 6 * M, space + 20 * M], 4 * M), "nofile": [files, files + 2],
                   "nproc": [0, 2], "fsize": [0, *self.jitter([200, 4000], 4000)], "stack": [stack, 64 * K]}
            return {kind: self.rng.sample(steps, -(-len(steps) // 2)) for kind, steps in few.items()}
        sizes = [0, 1, *(int(2 ** (k / 2)) for k in range(12, 44))]
        long = {"as": self.jitter([space + k * M // 8 for k in (*range(0, 96), *range(96, 2400, 96))], M // 8),
                "nofile": list(range(files - 1, files + 14)), "nproc": list(range(0, 8)),
                "fsize": [0, *self.jitter(sizes, 64)],
                "stack": [stack - 8 * K, stack, *(k * K for k in STACKS), "unlimited"]}
        return {kind: self.rng.sample(steps, nightly.trials(0, len(steps))) for kind, steps in long.items()}


def limit(kind, value):
    return ["prlimit", f"--{kind}={value}:{value}", "--"]


class LonelyUser:
    """A user who has no processes, with a copy of the program that everybody may run; or the reason why there is none."""

    def __init__(self, rlra, folder):
        self.number, self.reason = None, "limits of processes count all of the user's: only root can be one who has no others"
        self.folder, self.program = folder, os.path.join(folder, "rlra")
        if os.geteuid() != 0:
            return
        os.chmod(folder, 0o755)
        shutil.copy(rlra, self.program)
        for line in subprocess.run(["ldd", rlra], capture_output=True, text=True).stdout.splitlines():
            if "librlra" in line:
                shutil.copy(line.split()[2], folder)
        user = 61000 + os.getpid() % 4000
        self.number = 61000 + os.getpid() % 4000
        try:
            subprocess.run([self.program, "--version"], check=True, capture_output=True, env=self.environment(), cwd="/",
                           **self.identity())
        except (OSError, subprocess.SubprocessError) as error:
            self.number, self.reason = None, f"another user cannot run the program: {error}"

    def environment(self):
        return {"LD_LIBRARY_PATH": self.folder}

    def identity(self):
        return {"user": self.number, "group": self.number, "extra_groups": []}

    def own(self, box, files):
        """Folders, and files that stand for older ones; the inputs stay what they are."""
        for folder, _, names in os.walk(box):
            os.chown(folder, self.number, self.number)
            for name in names if folder != box else set(files) & set(names):
                os.chown(os.path.join(folder, name), self.number, self.number)


class Runner:
    def __init__(self, home, ladders, user):
        self.home, self.ladders, self.user = home, ladders, user
        self.alone = threading.Lock()  # who has no other processes has one run at a time
        self.counts = collections.defaultdict(collections.Counter)
        self.failures = []

    def run(self, walk, box, kind, value):
        words = walk.words
        if kind != "nproc":
            return self.home.run(words, box, limit(kind, value))
        if "--threads" in words:
            at = words.index("--threads") + 1
            words = [*words[:at], "5", *words[at + 1:]]
        with self.alone:
            self.user.own(box, walk.files)
            return self.home.run(words, box, limit(kind, value), self.user.environment(), self.user.program,
                                 **self.user.identity())

    def not_loaded(self, done, kind, value):
        """Whether the program never came to its main()."""
        if any(words in done.stderr for words in LOADER):
            return True
        ended = done.returncode < 0 or done.returncode >= 126 or "libgomp" in done.stderr
        return ended and value != "unlimited" and value < self.ladders.least.get(kind, 0)

    def trial(self, number, walk, kind, value, again=False):
        """What fails is tried once more, but at night: where the system puts things is drawn anew for each process."""
        counts = self.counts[kind]
        older = number % 2 == 1
        box = walk.begin(f"trial-{number}", older)
        try:
            done = self.run(walk, box, kind, value)
            counts["trials"] += 1
            if self.not_loaded(done, kind, value):
                counts["not loaded"] += 1
                return
            counts["done" if done.returncode == 0 else "refused"] += 1
            faults = walk.faults(box, done, older)
        except subprocess.TimeoutExpired:
            faults = [f"no end within {walks.LONGEST} s"]
        shutil.rmtree(box)
        if not faults:
            return
        sentence = f"{walk.name}, {kind} {value}, {'over an older result' if older else 'new'}: {faults[0]}"
        if not again and not nightly.is_nightly():
            print(f"once: {sentence}")
            self.trial(number, walk, kind, value, again=True)
            return
        counts["failures"] += 1
        self.failures.append(sentence)


def trials(walked, ladders, runner):
    number = 0
    for walk in walked:
        for kind, values in ladders.values().items():
            if kind == "nproc" and runner.user.number is None:
                continue
            for value in values:
                yield number, walk, kind, value
                number += 1
        number += 1  # so that each step is tried with and without an older result


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("rlra", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=nightly.seed())
    parser.add_argument("--only", default="", help="examples whose name holds this")
    return parser.parse_args()


def main():
    asked = arguments()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="rlra-limits-") as folder, tempfile.TemporaryDirectory() as copy:
        home = walks.Home(asked.rlra, folder)
        walked = walks.all_walks(home, lambda each: asked.only in each.name)
        if walked is None:
            return 1
        print(f"seed {asked.seed}")
        ladders = Ladders(home, random.Random(asked.seed))
        runner = Runner(home, ladders, LonelyUser(asked.rlra, copy))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(runner.trial, *trial) for trial in trials(walked, ladders, runner)]:
                each.result()
        runner.failures += [f"{name} was changed" for name in home.harmed()]
    print("\n".join(runner.failures[:60]))
    for kind, counts in runner.counts.items():
        print(f"{kind}: " + ", ".join(f"{counts[word]} {word}" for word in ("trials", "failures", "done", "refused", "not loaded")))
    if runner.user.number is None:
        print(f"nproc: not tried: {runner.user.reason}")
    print(f"{len(runner.failures)} failures; loaded from {ladders.least}")
    return bool(runner.failures)


if __name__ == "__main__":
    sys.exit(main())
