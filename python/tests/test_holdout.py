"""Held-out entries: their predictions stay within the size of the data, whatever the loss, the rule and the rank."""
import numpy as np
import pytest

import rlra


@pytest.fixture(scope="module")
def counts():
    """Counts up to 16, half of whose columns are nearly always zero."""
    rng = np.random.default_rng(0)
    rates = rng.gamma(.6, size=(200, 4)) @ rng.gamma(.6, size=(4, 24)) * np.repeat([3, .15, .03], [12, 6, 6])
    return np.minimum(rng.poisson(rates), 16).astype(float)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("options", [
    {}, {"update": "block_pivot"}, {"update": "active_set"}, {"update": "fista"}, {"update": "mu"}, {"loss": "kl"},
    {"loss": "kl", "update": "ccd"}, {"loss": "kl", "update": "newton"}, {"loss": "beta"}, {"loss": "beta", "beta": 0.5}], ids=str)
def test_predictions_of_sparse_counts_do_not_run_away(counts, options, dtype):
    result = rlra.nmf(counts.astype(dtype), 8, holdout=0.1, **options)
    assert result.report.held_out_error < 3
    assert result.reconstruct().max() < 3 * counts.max()


def test_without_a_bound_they_do(counts):
    result = rlra.nmf(counts, 8, holdout=0.1, reach=np.inf)
    assert result.report.held_out_error > 100 and result.report.bounded == 0


@pytest.mark.parametrize("rank", [5, 10, 20, 30, 35, 40])
def test_digits_at_every_rank(rank):
    data = pytest.importorskip("sklearn.datasets").load_digits().data
    result = rlra.nmf(data, rank, holdout=0.1)
    assert result.report.held_out_error < 2
    assert result.reconstruct().max() < 4 * data.max()
