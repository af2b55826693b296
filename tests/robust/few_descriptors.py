"""A file that cannot be opened or read is never called damaged: every reader reports the system's reason.

usage: few_descriptors.py RLRA
"""
import gzip
import os
import re
import resource
import shutil
import sys
import tempfile

from arrays import Program

rlra = Program(sys.argv[1])
SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "io")
REASONS = r"Too many open files|Permission denied|Input/output error|out of memory|Cannot allocate memory"
BLAME = r"damaged|truncated|unknown|no sound|is no |expected|none of the known|not begin"


def check_ladder(path):
    """With 3, 4, .. descriptors it is read, or the reason is reported, until it is read."""
    read = 0
    for most in range(3, 24):
        done = rlra.run("info", path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
        if "shared librar" in done.stderr or done.returncode < 0:
            continue  # the program itself could not be loaded
        read += done.returncode == 0
        rlra.expect(f"{path} with {most} descriptors", done.returncode == 0 or
                    (re.search(REASONS, done.stderr) and not re.search(BLAME, done.stderr)), done.stderr)
        if read == 3:
            return
    rlra.expect(f"{path} is read in the end", False, done.stderr)


def check_denied(folder):
    """If one of several files that belong together cannot be opened, it is named."""
    if os.geteuid() == 0:
        become = lambda: (os.setgid(65534), os.setuid(65534))
    else:
        become = None
    for name in ("cube_bil.hdr", "cube_bil.img", "cube_bsq.img", "cube_bsq.hdr"):
        shutil.copy(os.path.join(SAMPLES, name), folder)
    os.chmod(folder, 0o755)
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        for closed in sorted(os.listdir(folder)):
            if closed.split(".")[0] != name.split(".")[0]:
                continue
            os.chmod(os.path.join(folder, closed), 0)
            done = rlra.run("info", path, preexec_fn=become)
            rlra.expect(f"{name} where {closed} may not be read", done.returncode == 1 and closed in done.stderr and
                        "Permission denied" in done.stderr and not re.search(BLAME, done.stderr), done.stderr)
            os.chmod(os.path.join(folder, closed), 0o644)


def check_short_of_memory(path):
    """With little address space the sentence speaks of memory, or the file is read."""
    for most in (8, 12, 20, 60):
        limit = most << 20
        done = rlra.run("info", path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        if "shared librar" in done.stderr:
            continue
        rlra.expect(f"{path} in {most} MiB", done.returncode == 0 or
                    (re.search(REASONS, done.stderr) and not re.search(BLAME, done.stderr)), done.stderr)


with tempfile.TemporaryDirectory() as work:
    packed = os.path.join(work, "packed.npy.gz")
    with gzip.open(packed, "wb") as file:
        file.write(open(os.path.join(SAMPLES, "plain.npy"), "rb").read())
    wide = os.path.join(work, "wide.csv")
    with open(wide, "w", encoding="utf-16") as file:
        file.write("1,2\n3,4\n")
    names = ["plain.npy", "types.npz", "sparse_csr.npz", "parts_hand.npz", "plain.mat", "deflated.mat",
             "structs_deflated.mat", "cube_bil.hdr", "cube_bsq.img", "table.csv", "sparse.mtx", "sparse.tns", "v4.mat",
             "octave.mat", "plain.h5", "groups.h5", "octave.h5", "sets_odd.h5", "sets_v110.h5", "sets_v200.h5", "v73.mat",
             "structs73.mat", "structs73.mat.gz"]
    for name in names:
        check_ladder(os.path.join(SAMPLES, name))
        check_short_of_memory(os.path.join(SAMPLES, name))
    check_ladder(packed)
    check_ladder(wide)
    folder = os.path.join(work, "denied")
    os.chmod(work, 0o755)
    os.mkdir(folder)
    check_denied(folder)
print(f"{rlra.failures} failures")
sys.exit(rlra.failures > 0)
