"""The unit tests once more, in programs that have a German locale: numbers with a decimal comma, German messages of the system.

usage: comma.py SHIM TEST=PROGRAM...      (SHIM gives each program the locale of its environment before main() begins)

With RLRA_NIGHTLY set all tests run; otherwise those in which no text goes in or out, and the half in the other precision, are left
out.
"""
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

# Long, and of numbers alone: no text goes in or out.
NUMBERS = re.compile(r"(linalg|update|exact|data|nndsvd|separable|api_tensor_fit|rank_one)_|.*_f32$|io_(mutations|tables_large|hdf5_sets)$")


def is_due(test):
    return "RLRA_NIGHTLY" in os.environ or not NUMBERS.match(test)


def make_locale(folder):
    made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(folder, "de_DE.UTF-8")], capture_output=True,
                          text=True)
    if made.returncode != 0:
        sys.exit(f"comma.py: no German locale can be made; expected the package `locales`: {made.stderr.strip()}")


def run(test, environment):
    name, program = test.split("=", 1)
    done = subprocess.run([program, name], env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode == 0:
        return ""
    printed = [line for line in (done.stdout + done.stderr).splitlines() if line.strip() and "OK ]" not in line and "RUN" not in line]
    return "\n    ".join([f"{name}: exit {done.returncode}", *printed[-20:]])


def main(shim, *tests):
    due = [test for test in tests if is_due(test.split("=", 1)[0])]
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        make_locale(folder)
        environment = {**os.environ, "LOCPATH": folder, "LC_ALL": "de_DE.UTF-8", "LD_PRELOAD": shim}
        if "RLRA_NIGHTLY" not in os.environ:
            environment["RLRA_TEST_SHARE"] = "5"
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            faults = [fault for fault in pool.map(lambda test: run(test, environment), due) if fault]
    took = time.monotonic() - begin
    print("\n".join([*faults, f"{len(due)} of {len(tests)} tests, {len(faults)} failed, {took:.0f} s"]))
    return bool(faults) or not due


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
