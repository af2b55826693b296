"""No output of a command is one of its inputs, by whatever name: refused before a byte is written, with all files as they were.

usage: overwrite.py RLRA

Each example of the table of commands is run once more for each of its inputs and each file that it could write, this one being the
input under another spelling, by a link of either kind, through a folder that is a link, or through a mount. With RLRA_NIGHTLY set
by all of these ways; otherwise ways and names take turns.
"""
import itertools
import os
import shutil
import subprocess
import sys
import tempfile

from commands import EXAMPLES, drawn, lines, make_inputs, npy

RESULTS = ("factors.npz", "run.json", "trace.csv", "report.html", "topics.csv")
KEPT = ("start-0.checkpoint", "start-0.previous", "lock")
FITS = {"nmf", "cp", "unmix", "topics"}
# What is read beside a file that is named.
BESIDE = {"scene.hdr": ["scene.bsq"], "scene.bsq": ["scene.hdr"]}
MORE = ["nmf x.npy -r 2 --weights mask.npy", "unmix scene.bsq -r 2", "unmix scene.hdr -r 2 --labels labels.npy --label-names words.txt",
        "unmix scene.hdr -r 2 --mask labels.npy --wavelengths waves.csv", "unmix scene.hdr -r 2 --bad-bands bad.txt",
        "nnls w.npy y.npy --start start.npy", "nnls spectra.csv scene.hdr --mask labels.npy", "topics counts.mtx -r 2 --vocab words.txt"]


def inputs_of(words, folder):
    named = [word for word in words if os.path.isfile(os.path.join(folder, word))]
    return sorted({*named, *(other for word in named for other in BESIDE.get(word, []))})


def without_outputs(words):
    kept, skip = [], False
    for word in words:
        takes = word in ("-o", "--log", "--checkpoint", "--checkpoint-every", "--report")
        if not skip and not takes:
            kept.append(word)
        skip = takes
    return [word for word in kept if word not in ("--plan", "--resume", "--json")]


def spellings(folder, name):
    """Names of an existing file, seen from the folder."""
    yield name
    yield "./" + name
    yield "sub/../" + name
    yield os.path.join(folder, name)
    yield os.path.join("here", name)


def state(folder):
    """What stands in a folder: files by inode, size and time of the last change, so that not all are read for each command."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = os.path.join(root, name)
            if os.path.isfile(path):
                about = os.stat(path)
                found[os.path.relpath(path, folder)] = (about.st_ino, about.st_size, about.st_mtime_ns)
            else:
                found[os.path.relpath(path, folder)] = None
    return found


class Trials:
    def __init__(self, rlra, folder):
        self.rlra, self.folder, self.faults, self.count, self.turn = rlra, folder, [], 0, 0

    def some(self, ways):
        """All ways at night, else the one whose turn it is."""
        ways = list(ways)
        self.turn += 1
        return ways if "RLRA_NIGHTLY" in os.environ else [ways[self.turn % len(ways)]]

    def refuse(self, words, parts=("would overwrite",)):
        """The command fails, gives the reason, and leaves every file."""
        before = state(self.folder)
        done = subprocess.run([self.rlra, *words], cwd=self.folder, capture_output=True, text=True)
        after = state(self.folder)
        self.count += 1
        line = " ".join(words)
        if done.returncode not in (1, 2) or not any(part in done.stderr for part in parts):
            self.faults.append(f"{line}: exit {done.returncode}: {done.stderr.strip()}")
        changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        if changed:
            self.faults.append(f"{line}: changed {changed}")
            make_files(self.folder)

    def file_output(self, words, option, name, endings):
        """`endings`: those that the option asks for, or "" where it takes any."""
        parts = ("would overwrite", "would make") if endings == [""] else ("would overwrite", "would make", "--out needs", "cannot hold")
        for spelled in self.some(spellings(self.folder, name)):
            self.refuse([*words, option, spelled], parts)
        for link, ending in self.some(itertools.product((os.link, os.symlink), endings)):
            alias = os.path.join(self.folder, "alias" + ending)
            link(os.path.join(self.folder, name), alias)
            try:
                self.refuse([*words, option, "alias" + ending])
            finally:
                os.remove(alias)

    def folder_output(self, words, option, name, files):
        target = os.path.join(self.folder, "target")
        os.mkdir(target)
        for link, file, spelled in self.some(itertools.product((os.link, os.symlink), files, ("target", "sub/.././here/target/"))):
            link(os.path.join(self.folder, name), os.path.join(target, file))
            self.refuse([*words, option, spelled])
            os.remove(os.path.join(target, file))
        shutil.rmtree(target)

    def example(self, words):
        words = without_outputs(words)
        if words[0] in FITS | {"separable"}:
            words = [*words, "-q"]
        for name in inputs_of(words, self.folder):
            if words[0] == "nnls":
                endings = [".npz", ".mat", ".h5", ".npy", *([] if {"scene.hdr", "--front"} & {*words} else [".csv"])]
                self.file_output(words, "-o", name, endings)
                if "scene.hdr" in words:
                    self.file_output([*words, "-o", "b.npz"], "--report", name, [""])
                continue
            self.folder_output(words, "-o", name, RESULTS)
            if words[0] in FITS:
                self.file_output([*words, "-o", "out"], "--log", name, [""])
                self.folder_output([*words, "-o", "out"], "--checkpoint", name, KEPT)

    def outputs_of_one_command(self):
        both = ("would both write", "cannot be written")
        for spelled in ("out/run.json", "./out/../out/run.json", "here/out/run.json"):
            self.refuse(["nmf", "x.npy", "-r", "2", "-o", "out", "--log", spelled], both)
        os.mkdir(os.path.join(self.folder, "out"))
        for spelled in ("out/run.json", "./out/../out/run.json", "here/out/run.json", "sub/../out/run.json"):
            self.refuse(["nmf", "x.npy", "-r", "2", "-o", "out", "--log", spelled], ("would both write",))
        os.rmdir(os.path.join(self.folder, "out"))
        for report in ("b.bsq", "./b.bsq", "sub/../b.hdr", "here/b.bsq"):
            self.refuse(["nnls", "spectra.csv", "scene.hdr", "-o", "b.hdr", "--report", report], ("would both write",))
        self.refuse(["nnls", "spectra.csv", "scene.bsq", "-o", "scene.bsq.hdr"], ("would make",))
        os.symlink("out/run.json", os.path.join(self.folder, "nowhere"))
        os.mkdir(os.path.join(self.folder, "out"))
        self.refuse(["nmf", "x.npy", "-r", "2", "-o", "out", "--log", "nowhere"], ("would both write",))
        os.rmdir(os.path.join(self.folder, "out"))
        os.remove(os.path.join(self.folder, "nowhere"))

    def mounted(self):
        """A second name that only the kernel knows; root alone can make it."""
        path = os.path.join(self.folder, "mounted.npy")
        open(path, "wb").close()
        if os.geteuid() == 0 and subprocess.run(["mount", "--bind", os.path.join(self.folder, "x.npy"), path],
                                                capture_output=True).returncode == 0:
            self.refuse(["nmf", "x.npy", "-r", "2", "-o", "out", "--log", "mounted.npy"])
            subprocess.run(["umount", path], check=True)
        os.remove(path)


def make_files(folder):
    make_inputs(folder)
    npy(os.path.join(folder, "labels.npy"), (3, 4), [1.0] * 12)
    npy(os.path.join(folder, "start.npy"), (3, 10), drawn(30))
    lines(os.path.join(folder, "waves.csv"), ["400", "500", "600", "700", "800"])
    lines(os.path.join(folder, "bad.txt"), ["2"])


def main(rlra):
    with tempfile.TemporaryDirectory() as folder:
        make_files(folder)
        os.mkdir(os.path.join(folder, "sub"))
        os.symlink(".", os.path.join(folder, "here"))
        trials = Trials(rlra, os.path.realpath(folder))
        lists = [each.words for each in EXAMPLES if each.words[0] in FITS | {"separable", "nnls"}]
        done = set()
        for words in [*lists, *(line.split() for line in MORE)]:
            key = tuple(without_outputs(words))
            if key not in done:
                trials.example(words)
            done.add(key)
        trials.outputs_of_one_command()
        trials.mounted()
    print("\n".join([*trials.faults, f"{trials.count} commands, {len(trials.faults)} faults"]))
    return bool(trials.faults)


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
