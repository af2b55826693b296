"""Stacks of matrices are fitted as if each were alone; problems that are posed once give what single calls give."""
import concurrent.futures
import dataclasses
import os
import signal
import threading
import time

import numpy as np
import pytest

import rlra

FEW = {"max_sweeps": 7, "tolerance": 0, "decrease": 0, "threads": 1}
# What two runs of one fit share.
SAME = ["stop", "sweeps", "objective", "relative_error", "kkt_residual", "observed", "update", "init", "pass_", "held_out_error"]

pytestmark = pytest.mark.filterwarnings("ignore::rlra.ConvergenceWarning")


@pytest.fixture
def stack(rng):
    return rng.random((9, 15, 3)) @ rng.random((9, 3, 11)) + 0.1 * rng.random((9, 15, 11))


def same(batch, alone, i):
    one = batch.result(i)
    assert [getattr(one.report, name) for name in SAME] == [getattr(alone.report, name) for name in SAME]
    for a, b in zip((one.weights, *one.factors), (alone.weights, *alone.factors)):
        assert a.dtype == b.dtype and np.array_equal(a, b)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("options", [
    {}, {"init": "random", "seed": 4}, {"loss": "kl"}, {"prior": {"H": "nonneg,l1=0.1"}, "update": "block_pivot"},
    {"holdout": 0.2}, {"dtype": "f32"}])
def test_each_fit_is_that_of_its_matrix(options, threads, stack):
    batch = rlra.nmf(stack, 2, **{**FEW, **options, "threads": threads})
    assert (batch.count, batch.rank, batch.shape) == (9, 2, stack.shape)
    for i, matrix in enumerate(stack):
        same(batch, rlra.nmf(matrix, 2, **{**FEW, **options}), i)


@pytest.mark.parametrize("change", [
    lambda x: np.asfortranarray(x), lambda x: x[::-1, :, ::-1], lambda x: x.transpose(0, 2, 1), lambda x: list(x),
    lambda x: x.tolist(), lambda x: (9 * x).astype(int), lambda x: x.astype(">f8"),
    lambda x: np.broadcast_to(x[0], x.shape)])
def test_stacks_are_taken_as_they_lie(change, stack):
    given = change(stack)
    batch = rlra.nmf(given, 2, **FEW)
    for i, matrix in enumerate(given):
        same(batch, rlra.nmf(np.asarray(matrix), 2, **FEW), i)


def test_more_matrices_than_are_posed_at_once(rng):
    from rlra._batch import CHUNK

    stack = rng.random((2 * CHUNK + 3, 6, 5))
    batch = rlra.nmf(stack, 2, **FEW)
    for i in (0, CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 2):
        same(batch, rlra.nmf(stack[i], 2, **FEW), i)


def test_what_is_missing_is_a_stack_too(rng, stack):
    mask = rng.random(stack.shape) < 0.8
    weights = np.where(mask, rng.random(stack.shape), 0)
    holes = np.where(mask, stack, np.nan)
    masked = np.ma.MaskedArray(stack, ~mask)
    for batch, each in [
            (rlra.nmf(stack, 2, mask=mask, **FEW), lambda i: rlra.nmf(stack[i], 2, mask=mask[i], **FEW)),
            (rlra.nmf(stack, 2, mask=~mask, mask_means="missing", **FEW), lambda i: rlra.nmf(stack[i], 2, mask=mask[i], **FEW)),
            (rlra.nmf(stack, 2, weights=weights, **FEW), lambda i: rlra.nmf(stack[i], 2, weights=weights[i], **FEW)),
            (rlra.nmf(holes, 2, missing="nan", **FEW), lambda i: rlra.nmf(holes[i], 2, missing="nan", **FEW)),
            (rlra.nmf(masked, 2, **FEW), lambda i: rlra.nmf(masked[i], 2, **FEW))]:
        for i in range(len(stack)):
            same(batch, each(i), i)


def test_starts_are_the_same_for_all_or_one_for_each(rng, stack):
    first = rlra.nmf(stack[0], 2, **FEW)
    W, H = rng.random((9, 15, 2)), rng.random((11, 2))
    before = rlra.nmf(stack, 2, **FEW)
    for init, one in [(first, lambda i: first), ([W, H], lambda i: [W[i], H]), (before, before.result)]:
        batch = rlra.nmf(stack, 2, init=init, **FEW)
        for i in range(len(stack)):
            same(batch, rlra.nmf(stack[i], 2, init=one(i), **FEW), i)


def test_a_batch_unpacks_as_stacks(stack):
    batch = rlra.nmf(stack, 2, **FEW)
    weights, (W, H) = batch
    assert weights.shape == (9, 2) and W.shape == (9, 15, 2) and H.shape == (9, 11, 2)
    values = batch.reconstruct()
    np.testing.assert_allclose(values, np.einsum("nir,nr,njr->nij", W, weights, H), rtol=1e-13)
    errors = np.linalg.norm(values - stack, axis=(1, 2)) / np.linalg.norm(stack, axis=(1, 2))
    np.testing.assert_allclose(batch.report.relative_error, errors, rtol=1e-9)
    assert batch.report.stop.tolist() == ["sweeps"] * 9 and batch.report.sweeps.tolist() == [7] * 9
    np.testing.assert_allclose(batch.normalised().reconstruct(), values, rtol=1e-12)
    assert "9 times 15 x 11, rank 2" in repr(batch)


def test_a_batch_is_saved_and_read(tmp_path, stack):
    batch = rlra.nmf(stack, 2, **FEW)
    batch.save(tmp_path / "fits.npz")
    back = rlra.Batch.load(tmp_path / "fits.npz")
    for i in range(9):
        same(back, batch.result(i), i)
    batch.result(3).save(tmp_path / "one.npz")
    assert rlra.Result.load(tmp_path / "one.npz").report == batch.result(3).report
    with pytest.raises(ValueError, match="holds one fit"):
        rlra.Batch.load(tmp_path / "one.npz")
    with pytest.raises(ValueError, match=r"batch.result\(i\).to_html"):
        batch.to_html(tmp_path / "page.html")


@pytest.mark.parametrize(("place", "value"), [((0, 2, 3), np.nan), ((7, 0, 0), np.inf), ((8, 14, 10), -np.inf)])
def test_bad_entries_are_named_by_matrix_and_place(place, value, stack):
    stack[place] = value
    with pytest.raises(ValueError, match=rf"^X\[{place[0]}\]: the data .* is at \[{place[1]}, {place[2]}\]"):
        rlra.nmf(stack, 2)


def test_a_fit_that_is_refused_is_named(rng):
    stack = rng.random((300, 4, 3))
    stack[270, 1, 2] = -1
    with pytest.raises(ValueError, match=r"^X\[270\]: update 'mu' needs data >= 0, but the entry at \[1, 2\] is -1"):
        rlra.nmf(stack, 2, update="mu")


@pytest.mark.parametrize(("options", "kind", "sentence"), [
    ({"starts": 3}, ValueError, "starts is for one matrix"),
    ({"starts": "two"}, TypeError, "starts must be a whole number"),
    ({"checkpoint": "folder"}, ValueError, "checkpoint is for one matrix"),
    ({"memory_limit": 10**9}, ValueError, "memory_limit is for one matrix"),
    ({"missing": "unstored"}, ValueError, "sparse data"),
    ({"missing": "some"}, ValueError, "missing must be one of"),
    ({"mask": np.ones((15, 11), bool)}, ValueError, r"mask has shape \(15, 11\), the data \(9, 15, 11\)"),
    ({"weights": np.ones((15, 11))}, ValueError, r"weights has shape \(15, 11\), the data \(9, 15, 11\)"),
    ({"init": [np.ones((15, 2))]}, ValueError, "1 factors"),
    ({"init": [np.ones((3, 15, 2)), np.ones((11, 2))]}, ValueError, "a stack of 3, X one of 9"),
    ({"init": [np.ones((15, 2)), np.ones((4, 2))]}, ValueError, r"X\[0\]: .*11 x 2"),
    ({"init": 3}, TypeError, "init must be"),
    ({"update": "none of these"}, ValueError, "update must be one of"),
    ({"beta": 1.5}, ValueError, "beta has no effect"),
    ({"reach": 2.0}, ValueError, "reach has no effect"),
    ({"max_sweep": 3}, TypeError, "did you mean max_sweeps"),
    ({"progress": 3}, TypeError, "progress must be"),
])
def test_wrong_options_are_refused(options, kind, sentence, stack):
    with pytest.raises(kind, match=sentence):
        rlra.nmf(stack, 2, **options)


@pytest.mark.parametrize("X", [np.ones((0, 3, 4)), np.ones((2, 0, 4)), np.ones((2, 3, 0)), [np.ones((3, 4)), np.ones((3, 5))],
                               np.ones((2, 2, 3, 4))])
def test_what_is_no_stack_is_refused(X):
    with pytest.raises(ValueError):
        rlra.nmf(X, 1)


def test_the_number_of_sweeps_is_warned_of_once(stack):
    with pytest.warns(rlra.ConvergenceWarning, match="reached by 9 of 9 fits") as caught:
        rlra.nmf(stack, 2, **FEW)
    assert [each.filename for each in caught] == [__file__]


def test_progress_tells_which_fit(stack, capsys):
    told = []
    rlra.nmf(stack, 2, progress=told.append, **FEW)
    assert {at["start"] for at in told} == set(range(9)) and {at["starts"] for at in told} == {9}
    assert len(told) == 9 * 8
    rlra.nmf(stack, 2, progress=True, **FEW)
    assert "9" in capsys.readouterr().err


def test_an_exception_ends_the_fits(stack):
    def tell(at):
        if at["start"] == 4:
            raise LookupError("enough")
    with pytest.raises(LookupError, match="enough"):
        rlra.nmf(stack, 2, progress=tell, **FEW)


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interruption_ends_the_fits(threads, rng):
    stack = rng.random((400, 150, 100))
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        rlra.nmf(stack, 5, loss="kl", max_sweeps=10**6, tolerance=0, decrease=0, threads=threads)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(("shape", "function"), [((15, 11), rlra.nmf), ((6, 5, 4), rlra.cp)])
def test_a_problem_gives_what_single_calls_give(shape, function, rng):
    X = rng.random(shape)
    with rlra.Problem(X, prior="nonneg,l2=0.1") as problem:
        for rank, options in [(2, {}), (3, {"seed": 1, "init": "random"}), (3, {"loss": "kl"}), (2, {"starts": 2})]:
            got = problem.fit(rank, **FEW, **options)
            expected = function(X, rank, prior="nonneg,l2=0.1", **FEW, **options)
            assert got.task == function.__name__ and got.options == expected.options and got.priors == expected.priors
            assert all(np.array_equal(a, b) for a, b in zip(got.factors, expected.factors))
            assert len(got.trace) == len(expected.trace) and got.report.objective == expected.report.objective
        warm = problem.fit(2, init=got, **FEW)
        assert warm.report.objective <= got.report.objective
    with pytest.raises(ValueError, match="the problem is closed"):
        problem.fit(2)


def test_a_problem_takes_what_is_missing(rng):
    X = rng.random((12, 10))
    mask = rng.random(X.shape) < 0.8
    for given in ({"mask": mask}, {"weights": mask * 1.0}):
        got, expected = rlra.Problem(X, **given).fit(2, **FEW), rlra.nmf(X, 2, **given, **FEW)
        assert np.array_equal(got.factors[0], expected.factors[0]) and got.report.observed == mask.sum()


def test_what_a_problem_refuses(planted):
    with pytest.raises(ValueError, match="nan"):
        rlra.Problem(np.full((3, 4), np.nan))
    with pytest.raises(ValueError, match="at least two modes"):
        rlra.Problem(np.ones(3))
    problem = rlra.Problem(planted)
    with pytest.raises(ValueError, match="rank"):
        problem.fit(0)
    with pytest.raises(TypeError, match="did you mean max_sweeps"):
        problem.fit(2, max_sweep=3)
    with pytest.raises(ValueError, match="beta has no effect"):
        problem.fit(2, beta=1.5)
    assert problem.fit(2).rank == 2


def test_warnings_of_a_problem_are_of_the_line_that_fits(planted):
    problem = rlra.Problem(planted)
    with pytest.warns(rlra.ConvergenceWarning) as caught:
        problem.fit(3, **FEW)
    assert [each.filename for each in caught] == [__file__]


def test_threads_may_share_a_problem(planted):
    problem = rlra.Problem(planted)
    expected = [rlra.nmf(planted, 3, init="random", seed=seed, **FEW) for seed in range(8)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda seed: problem.fit(3, init="random", seed=seed, **FEW), range(8)))
    for got, one in zip(results, expected):
        assert np.array_equal(got.factors[0], one.factors[0])


def test_reports_of_a_batch_have_the_fields_of_one(stack):
    batch = rlra.nmf(stack, 2, **FEW)
    one = rlra.nmf(stack[0], 2, **FEW)
    for field in dataclasses.fields(rlra.Report):
        assert type(getattr(batch.result(0).report, field.name)) is type(getattr(one.report, field.name)), field.name


def test_changes_of_rules_are_those_of_one_fit(tmp_path):
    """A stack of which one matrix is ill-conditioned enough for another rule."""
    rng = np.random.default_rng(4)
    columns = np.exp(-((np.linspace(0, 1, 60)[:, None] - np.linspace(0.1, 0.9, 5)) / 0.4)**2) + 0.5
    stack = np.stack([rng.random((60, 40)), columns @ (rng.random((5, 40)) + 0.3)])
    batch = rlra.nmf(stack, 5, init="random", max_sweeps=60)
    batch.save(tmp_path / "batch.npz")
    loaded = rlra.Batch.load(tmp_path / "batch.npz")
    expected = [rlra.nmf(x, 5, init="random", max_sweeps=60, threads=1).report.change for x in stack]
    assert expected[1] and [change["update"] for change in expected[1]][0] == "block_pivot"
    assert [batch.result(i).report.change for i in range(2)] == expected
    assert [loaded.result(i).report.change for i in range(2)] == expected
