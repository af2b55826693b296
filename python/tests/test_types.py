"""Type checkers know keywords, their values and the fields of results, which come from the tables of the library."""
import sys

import pytest

GOOD = """
import numpy as np
import rlra
X = np.ones((4, 3))
result: rlra.Result = rlra.nmf(X, 2, max_sweeps=np.int64(3), update="hals", extrapolate=True, init=[X, X])
sweeps: int = result.report.sweeps
shares: np.ndarray = rlra.topics(X, 2, loss="kl", prior={"W": rlra.Prior(l1=1)}).shares
gap: float = rlra.nnls(X, X[:, 0], sparsity=1).report.gap
page: str | None = result.to_html()
rlra.nmf(X, 2, mask=X > 0, mask_means="missing", reach=3.0)
rlra.unmix(X, 2, ignore_value=-9999, bad_bands=[0, 1])
errors: np.ndarray = rlra.nmf(X[None], 2).result(0).weights
rlra.load("a.csv", missing="nan", skip=1, names="none", first_column="axis", decimal="comma", grouping=" ", index_base=0)
"""
BAD = {
    'rlra.nmf([[1.0]], 2, max_sweep=3)': 'Unexpected keyword argument "max_sweep"',
    'rlra.nmf([[1.0]], 2, update="none")': 'Argument "update" to "nmf" has incompatible type',
    'rlra.nnls([[1.0]], [1.0], pass_="one")': 'Unexpected keyword argument "pass_"',
    'rlra.load("a.npy", missing="unstored")': 'Argument "missing" to "load" has incompatible type',
    'rlra.nmf([[1.0]], 2, mask_means="true")': 'Argument "mask_means" to "nmf" has incompatible type',
    'rlra.nmf([[1.0]], 2).report.nothing': 'has no attribute "nothing"',
}


def check(code, folder):
    api = pytest.importorskip("mypy.api")
    (folder / "code.py").write_text(code)
    python = f"--python-executable={sys.executable}"
    return api.run([python, f"--cache-dir={folder}/cache", "--follow-imports=silent", str(folder / "code.py")])


def test_types_are_right(tmp_path):
    printed, errors, status = check(GOOD, tmp_path)
    assert status == 0, printed + errors


def test_mistakes_are_found(tmp_path):
    printed, _, status = check("import rlra\n" + "\n".join(BAD), tmp_path)
    assert status == 1
    for call, complaint in BAD.items():
        assert complaint in printed, call
