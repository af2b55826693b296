"""Messages of the library name options by keywords that the function has, or what else can be done."""
import re

import numpy as np
import pytest
import scipy.sparse

import rlra
from rlra._words import spoken

NAN = np.array([[1.0, 2, 3], [2, np.nan, 5], [4, 1, 1]])
CUBE = np.stack([NAN, NAN + 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("function", "data"), [(rlra.nmf, NAN), (rlra.cp, NAN), (rlra.cp, CUBE)])
def test_what_is_advised_works(function, data, dtype):
    with pytest.raises(ValueError, match='say missing="nan"$'):
        function(data.astype(dtype), 2)
    assert np.isfinite(function(data.astype(dtype), 2, missing="nan").report.objective)


def test_functions_without_the_keyword_name_what_else_can_be_done():
    with pytest.raises(ValueError, match=r"the sparse array holds .* NaN") as failure:
        rlra.topics(scipy.sparse.csr_array(NAN), 2)
    message = str(failure.value)
    assert "rlra.topics needs all entries: fill those in, or leave their rows or columns out" in message
    assert message.endswith('rlra.cp and rlra.nmf take missing="unstored"')
    with pytest.raises(ValueError, match=r"topics needs all counts, but X\[1, 1\] is nan"):
        rlra.topics(NAN, 2)
    with pytest.raises(ValueError, match=r"topics needs all counts, but X\[0, 2\] is inf"):
        rlra.topics(np.array([[1, 2, np.inf], [3, 4, 5]]), 2)


@pytest.mark.parametrize("given", [
    {"mask": np.eye(12, 9) == 0}, {"weights": np.ones((12, 9))}, {"missing": "nan"}, {"holdout": 0.1},
])
def test_reach_needs_entries_that_are_missing(given):
    with pytest.raises(ValueError, match="reach has no effect without missing entries or weights"):
        rlra.nmf(X, 2, reach=3.0)
    assert rlra.nmf(X, 2, reach=3.0, **given).options["reach"] == 3


@pytest.mark.parametrize("function", [rlra.nmf, rlra.cp])
def test_unstored_is_for_sparse_data(function):
    with pytest.raises(ValueError, match='missing="unstored" is for sparse data'):
        function(NAN, 2, missing="unstored")


def test_files_are_spoken_of_in_the_words_of_the_function(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1,NA,3\n4,5,6\n7,8,9\n")
    for function in (rlra.nmf, rlra.cp):
        with pytest.raises(ValueError, match='a value is missing .*; give missing="nan"'):
            function(path, 1)
        assert function(path, 1, missing="nan").report.observed == 8
    with pytest.warns(UserWarning, match="lack data"):
        assert rlra.unmix(path, 1).used_pixels.sum() == 2
    path.write_text('a,b\n"1,234","5,678"\n"2,345","3,456"\n')
    for function in (rlra.nmf, rlra.cp, rlra.unmix):
        message = f'rlra.{function.__name__} has no such keyword, rlra.load takes decimal="comma"$'
        with pytest.raises(ValueError, match=message):
            function(path, 1)
    for call in (lambda: rlra.separable(path, 1), lambda: rlra.topics(str(path), 1), lambda: rlra.nnls(path, np.ones(2))):
        with pytest.raises(TypeError, match=r"got a path: rlra.load\('.*a.csv'\) reads it"):
            call()


def write_ones(folder):
    path = folder / "ones.mtx"
    path.write_text("%%MatrixMarket matrix coordinate real general\n2 2 3\n1 1 1\n1 2 1\n2 2 1\n")
    return path


def test_an_index_base_is_advised_by_its_keyword_and_is_for_indices(tmp_path):
    path = tmp_path / "a.mtx"
    path.write_text("%%MatrixMarket matrix coordinate real general\n3 3 2\n0 1 5\n2 2 3\n")
    with pytest.raises(ValueError, match="give index_base=0$"):
        rlra.load(path)
    assert rlra.load(path, index_base=0).toarray()[0, 1] == 5
    with pytest.raises(ValueError, match="missing must be one of 'none', 'nan', got 'unstored'"):
        rlra.load(path, missing="unstored")
    assert np.isfinite(rlra.nmf(write_ones(tmp_path), 1, missing="unstored").report.objective)
    rlra.save(tmp_path / "a.npy", np.eye(2))
    with pytest.raises(ValueError, match="index_base is for .mtx, .tns and sptensor files"):
        rlra.load(tmp_path / "a.npy", index_base=0)


@pytest.mark.parametrize("call", [
    lambda: rlra.nnls(NAN, NAN), lambda: rlra.nnls(np.eye(3), NAN), lambda: rlra.nnls(np.eye(3), NAN, front=True),
    lambda: rlra.separable(NAN, 2), lambda: rlra.nmf(np.eye(3), 2, loss="is"), lambda: rlra.nmf(NAN, 2, update="bad"),
    lambda: rlra.nnls(np.eye(3), np.eye(3), sparsity=7), lambda: rlra.nmf(NAN, 2, pass_="both"),
])
def test_no_sentence_has_options_of_the_command_line(call):
    with pytest.raises(ValueError) as failure:
        call()
    assert not re.search("--[a-z]|`|floor", str(failure.value))


def test_marks_become_keywords():
    cases = {
        "a `tolerance` b": "a tolerance b",
        "`max_sweeps=3`, `missing=nan`, `pass=one` and `loss=kl`": 'max_sweeps=3, missing="nan", pass_="one" and loss="kl"',
        "remove it (`resume`), or": "remove it (resume=True), or",
        "raise it (`floor`)": "raise it",
        "a; b `floor`": "a; rlra.nmf has no such keyword",
        "an odd ` and '`A`'": "an odd ` and '`A`'",
    }
    for sentence, expected in cases.items():
        assert spoken(sentence, rlra.nmf) == expected
    assert spoken("say `missing=nan`", None) == 'say missing="nan"'


X = np.random.default_rng(0).random((12, 9)) + 0.1


@pytest.mark.parametrize(("call", "sentence"), [
    (lambda: rlra.nmf(X, 2, beta=1), 'beta has no effect with loss="frobenius": it needs loss="beta"'),
    (lambda: rlra.nmf(X, 2, loss="kl", beta=1.5), 'beta has no effect with loss="kl": it needs loss="beta"'),
    (lambda: rlra.cp(X, 2, rho=1), 'rho has no effect with update="auto", which is hals here: it needs update="admm"'),
    (lambda: rlra.unmix(X.reshape(4, 3, 9), 2, gamma=1.5), 'gamma has no effect .* update="msom"'),
    (lambda: rlra.nnls(X, X, node_limit=5), 'node_limit has no effect .*block_pivot here: it needs update="k_sparse"'),
    (lambda: rlra.nnls(X, X, update="admm", order="shuffled"), 'order has no effect with update="admm"'),
    (lambda: rlra.nmf(X, 2, holdout_seed=3), "holdout_seed has no effect without holdout$"),
    (lambda: rlra.nmf(X, 2, loss="kl", pass_="modes"), 'pass_ has no effect with loss="kl": it needs loss="frobenius"'),
    (lambda: rlra.nmf(X, 2, resume=True), "resume has no effect without checkpoint$"),
    (lambda: rlra.topics(X, 2, checkpoint_every=5), "checkpoint_every has no effect without checkpoint$"),
])
def test_keywords_without_effect_name_their_partner(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_with_their_partner_they_are_taken():
    assert rlra.nmf(X, 2, loss="beta", beta=1.2, max_sweeps=5, decrease=0.1).options["beta"] == 1.2
    assert rlra.nmf(X, 2, update="admm", rho=1.0).options["rho"] == 1
    assert rlra.nmf(X, 2, order="shuffled").options["order"] == "shuffled"
    assert rlra.nmf(X, 2, holdout=0.1, holdout_seed=3).options["holdout_seed"] == 3
    assert rlra.nnls(X, X, sparsity=2, node_limit=1000).report.update == "k_sparse"
    assert rlra.nnls(X, X, front=True, node_limit=1000).X.shape == (9, 9, 9)
    assert "Needs `loss` 'beta'." in rlra.nmf.__doc__
