"""Run tests of another package with its functions swapped for ours.

Their file is taken from the installed package, never kept here. Run as a program it prints what passed and failed:
``python swapped.py sklearn``, or another of its suites, or all.
"""
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

_REPORT = "report.xml"
# Tests that cannot pass are listed there, each with the reason; a star stands for anything.
_GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "python-sklearn.md"


class Suite:
    """A test file of a package, what to replace in it, and which of its tests are about us."""

    def __init__(self, heading, module, swaps, chosen):
        self.heading, self.module, self.swaps, self.chosen = heading, module, swaps, chosen

    def exists(self):
        """Whether the package was installed with this file."""
        try:
            return importlib.util.find_spec(self.module) is not None
        except ModuleNotFoundError:
            return False

    def justified(self, test):
        """Whether the table below the suite's heading in the guide gives a reason why this test cannot pass."""
        section = _GUIDE.read_text(encoding="utf-8").partition(f"## {self.heading}\n")[2].partition("\n## ")[0]
        names = re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)
        return any(re.fullmatch(re.escape(name).replace(r"\*", ".*"), test) for name in names)

    def source(self):
        """The file with its imports swapped."""
        text = pathlib.Path(importlib.util.find_spec(self.module).origin).read_text(encoding="utf-8")
        for pattern, ours in self.swaps:
            text, count = re.subn(pattern, ours, text, flags=re.MULTILINE)
            if count == 0:
                raise ValueError(f"{self.module} has nothing that matches {pattern!r}")
        return text

    def run(self):
        """The names of the tests that passed, and those that failed with their messages."""
        with tempfile.TemporaryDirectory() as room:
            name = self.module.rpartition(".")[2] + ".py"
            pathlib.Path(room, name).write_text(self.source(), encoding="utf-8")
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", room,
                       "-k", self.chosen, f"--junit-xml={_REPORT}", name]
            outcome = subprocess.run(command, cwd=room, capture_output=True, text=True, check=False)
            report = pathlib.Path(room, _REPORT)
            if not report.exists():
                raise RuntimeError(outcome.stdout + outcome.stderr)
            return _outcomes(xml.etree.ElementTree.parse(report))


def _outcomes(report):
    passed, failed = [], {}
    for case in report.iter("testcase"):
        if case.find("skipped") is not None:
            continue
        trouble = case.find("failure") if case.find("error") is None else case.find("error")
        if trouble is None:
            passed.append(case.get("name"))
        else:
            failed[case.get("name")] = trouble.get("message")
    return passed, failed


SKLEARN = Suite(
    "Tests of scikit-learn that fail",
    "sklearn.decomposition.tests.test_nmf",
    [(r"^from sklearn\.decomposition import NMF, MiniBatchNMF, non_negative_factorization$",
      "from sklearn.decomposition import MiniBatchNMF\nfrom rlra.sklearn import NMF, non_negative_factorization")],
    # What is left out is about MiniBatchNMF alone.
    "minibatchnmf_equivalence or not (MiniBatchNMF or minibatch or mbnmf)")

_OF_TENSORLY = "Tests of tensorly that fail"
REGRESSION = Suite(
    _OF_TENSORLY,
    "tensorly.solvers.tests.test_nnls",
    [(r"^from tensorly\.solvers\.nnls import", "from rlra.tensorly import")],
    "nnls or fista")
PARAFAC = Suite(
    _OF_TENSORLY,
    "tensorly.decomposition.tests.test_cp",
    # What is in the folder above has to be asked for by its full name; a class that wraps tensorly's own function is tested with it.
    [(r"^from \.\._nn_cp import \(\n    non_negative_parafac,\n    non_negative_parafac_hals,\n",
      "from rlra.tensorly import non_negative_parafac, non_negative_parafac_hals\n"
      "from tensorly.decomposition import _nn_cp as theirs\nfrom ._nn_cp import (\n"),
     (r"(passes_arguments\(\s+monkeypatch,\s+)(non_negative_parafac)", r"\1theirs.\2"),
     (r"^from \.\.\.", "from tensorly."), (r"^from \.\.?", "from tensorly.decomposition."),
     (r"tensorly\. import", "tensorly import")],
    "non_negative or fixed_modes_not_rescaled")

SUITES = {"sklearn": SKLEARN, "tensorly-nnls": REGRESSION, "tensorly-cp": PARAFAC}


def main(names):
    """Print a summary of each suite; 1 if a test failed that is not on its list."""
    surprises = 0
    for name in names or SUITES:
        passed, failed = SUITES[name].run()
        print(f"{name}: {len(passed)} passed, {len(failed)} failed")
        for test, message in failed.items():
            known = SUITES[name].justified(test)
            surprises += not known
            print(f"  {'justified' if known else 'NOT JUSTIFIED'}: {test}\n    {message.splitlines()[0]}")
    return int(surprises > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
