"""Walks: examples of commands (commands.py) run again and again in folders of their own, under faults and limits; what they leave has
to be old or new, and whole.

What a run leaves is divided into artifacts: the result folder, and each file. An artifact is "none", "old" (what stood there, to
the bit), "new" (what a run without faults leaves), "numbers" (a new result without its page) or broken.
"""
import os
import re
import shutil
import subprocess
import time

import commands
from results import content, lacks, timeless

LARGEST = 64 << 20  # bytes that a file of a trial may have
LONGEST = 120  # seconds
PAGE = "report.html"
MINE = {"mine.txt": b"of the user", "deep": None}  # of the user: a file and a folder
OLDER = b"older"
STAYS = "; the next result brings it back"


class Home:
    """A folder of trials: the inputs of all examples and an older result."""

    def __init__(self, rlra, folder, **environment):
        self.folder, self.rlra = folder, os.path.abspath(rlra)
        os.chmod(folder, 0o755)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("DISK_FAULT")}
        self.environment.update(OMP_WAIT_POLICY="passive", **environment)
        self.inputs, self.older = self.at("inputs"), self.at("older")
        os.mkdir(self.inputs)
        commands.make_inputs(self.inputs)
        self.untouched = content(self.inputs)
        done = self.run(["nmf", "x.npy", "-r", "3", "--max-sweeps", "1", "-q", "-o", self.older], self.inputs)
        assert done.returncode == 0, done.stderr
        os.mkdir(os.path.join(self.older, "deep"))
        with open(os.path.join(self.older, "mine.txt"), "wb") as file:
            file.write(MINE["mine.txt"])

    def at(self, name):
        return os.path.join(self.folder, name)

    def run(self, words, folder, prefix=(), environment=None, program=None, **more):
        """The program within a limit of what it may write, whatever else is limited."""
        line = ["prlimit", f"--fsize={LARGEST}", "--", *prefix, program or self.rlra, *words]
        return subprocess.run(line, cwd=folder, capture_output=True, text=True, errors="replace", timeout=LONGEST,
                              env={**self.environment, **(environment or {})}, **more)

    def harmed(self):
        """Inputs that are not what they were: trials have them by other links."""
        return [name for name, data in content(self.inputs).items() if self.untouched[name] != data]


def own_lines(messages):
    """What a run prints beyond its notes."""
    return [line for line in messages.splitlines() if not line.startswith("rlra: note: ")]


def are_sentences(messages, files):
    """One sentence, or one for each of the files that it is about."""
    if not messages or not all(line.startswith("rlra: ") for line in messages):
        return False
    about = [next((name for name in files if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", line)), None) for line in messages]
    return len(messages) == 1 or (None not in about and len(set(about)) == len(about))


class Walk:
    """An example, and what it leaves where nothing fails."""

    def __init__(self, home, each):
        self.home, self.name, self.words, self.folder = home, each.name, each.words, each.folder
        # A log grows, and checkpoints are of the run: they are no results.
        self.running = [each.words[k + 1] for k, word in enumerate(each.words) if word in ("--log", "--checkpoint")]
        self.files = [name for name in each.writes if name not in self.running]
        began = time.monotonic()
        one, other = self.reference(f"{id(self)}-one"), self.reference(f"{id(self)}-other")
        self.seconds = (time.monotonic() - began) / 2
        self.result, self.wanted = one[1], {name: data for name, data in one[0].items()}
        self.sure = {name for name, data in self.wanted.items() if data == other[0][name]}
        self.printed = one[2] if one[2] == other[2] else None

    def reference(self, name):
        box = self.begin(name, False)
        done = self.home.run(self.words, box)
        assert done.returncode == 0, f"{self.name}: {done.stderr}"
        found = self.written(box)
        shutil.rmtree(box)
        return found[0], timeless(found[1]), done.stdout

    def begin(self, name, older):
        """A new folder of this name with the inputs, and older results where that is wanted."""
        box = self.home.at(name)
        shutil.rmtree(box, ignore_errors=True)
        os.mkdir(box)
        os.chmod(box, 0o777)
        commands.link_inputs(self.home.inputs, box)
        if older and self.folder:
            shutil.copytree(self.home.older, os.path.join(box, self.folder))
        for each in self.files if older else ():
            with open(os.path.join(box, each), "wb") as file:
                file.write(OLDER)
        return box

    def changes(self, shim, older):
        """What a run changes in the file system, call by call, as disk_shim.c records it."""
        log = self.home.at(f"{id(self)}-changes")
        box = self.begin(f"{id(self)}-run", older)
        done = self.home.run(self.words, box, environment={"LD_PRELOAD": shim, "DISK_FAULT_LOG": log})
        assert done.returncode == 0, f"{self.name}: {done.stderr}"
        with open(log) as file:
            changes = [line.split()[1] for line in file]
        os.remove(log)
        shutil.rmtree(box)
        return changes

    def written(self, box):
        """The files by name, None where there is none, and all that stands in the result folder."""
        files = {}
        for name in self.files:
            path = os.path.join(box, name)
            files[name] = open(path, "rb").read() if os.path.exists(path) else None
        return files, content(os.path.join(box, self.folder)) if self.folder else None

    def state_of_result(self, files, older, moving):
        if not files:
            return "none"
        if older and files == content(self.home.older):
            return "old"
        mine = dict(MINE) if older else {}
        if moving and "deep" not in files:
            mine.pop("deep", None)  # folders follow a result that was swapped; the next run brings them
        if any(files.get(name, OLDER) != data for name, data in mine.items()):
            return "without what is of the user"
        if lacks(files, mine) is not None:
            return f"not whole: {lacks(files, mine)}"
        came = timeless(files, mine)
        if came != self.result:
            apart = sorted(k for k in {*came, *self.result} if came.get(k) != self.result.get(k))
            return f"another result: {apart}"
        return "new" if PAGE in files else "numbers"

    def state_of_file(self, name, data, older):
        if data is None:
            return "none"
        if older and data == OLDER:
            return "old"
        if name in self.sure:
            return "new" if data == self.wanted[name] else f"another {name}: {len(data)} bytes"
        # Pages hold times, whose digits differ in number.
        whole = abs(len(data) - len(self.wanted[name])) < 1000 and data.endswith(self.wanted[name][-8:])
        return "new" if whole else f"no whole {name}: {len(data)} bytes"

    def states(self, box, older, moving=False):
        files, result = self.written(box)
        states = {name: self.state_of_file(name, data, older) for name, data in files.items()}
        if self.folder:
            states[self.folder] = self.state_of_result(result, older, moving)
        return states

    def faults(self, box, done, older, killed=False, clearing=False):
        """What is wrong with how a run ended and with what it left. `killed`: it was killed on purpose; `clearing`: a change failed by
        which something is cleared away or moved, so that it may be left for the next run."""
        messages = own_lines(done.stderr)
        moving = killed or (done.returncode == 1 and any(STAYS in line for line in messages))
        states = self.states(box, older, moving)
        absent = "old" if older else "none"
        found = [state for state in states.values() if state not in (absent, "new", "numbers")]
        left = set(os.listdir(box)) - set(self.home.untouched) - {*states, *self.running}
        if killed:
            return found
        pair = [states[name] for name in self.files if name.endswith((".hdr", ".bsq"))]
        if len(set(pair)) > 1 and not clearing:
            found.append(f"header and data are {pair}")
        if left and not (clearing and all(".tmp-" in name for name in left)):
            found.append(f"left {sorted(left)}")
        if done.returncode == 0:
            found += [f"exit 0, and {name} is {state}" for name, state in states.items() if state != "new"]
            found += ["it prints more than notes"] if messages else []
            found += ["another output"] if self.printed not in (None, done.stdout) else []
        elif done.returncode != 1:
            found.append(f"exit {done.returncode}")
        elif not are_sentences(messages, [*states, *self.running, *self.home.untouched]):
            found.append("not one sentence")
        elif states and set(states.values()) == {"new"} and not moving and not any(name in line for name in self.running for line in messages):
            found.append("all is new, and the exit code reports a failure")
        elif older and "numbers" in states.values():
            found.append("a result without its page in the place of an older one")
        return [f"{what} (exit {done.returncode}: {done.stderr.strip()[-600:]})" for what in found]

    def again(self, box, older):
        """The same command once more, without faults: what is wrong then."""
        more = ["--resume"] if "--checkpoint" in self.words and "--resume" not in self.words else []
        done = self.home.run([*self.words, *more], box)
        left = set(os.listdir(box)) - set(self.home.untouched) - {*self.files, self.folder, *self.running}
        states = self.states(box, older)
        if done.returncode == 0 and set(states.values()) <= {"new"} and not left:
            return []
        return [f"the next run: {states}, left {sorted(left)} (exit {done.returncode}: {done.stderr.strip()[-600:]})"]


def all_walks(home, wanted=lambda each: True):
    """The walks of all examples; None, and reported, where a command has none."""
    lacking = commands.without_example(home.rlra)
    for name in lacking:
        print(f"{name}: a command without an example in commands.py")
    return None if lacking else [Walk(home, each) for each in commands.EXAMPLES if wanted(each)]
