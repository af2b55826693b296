"""What the tests share: data with a known decomposition, and how hypothesis runs."""
import hypothesis
import numpy as np
import pytest

# The same examples every time, and no folder of them.
hypothesis.settings.register_profile("rlra", database=None, derandomize=True, deadline=None)
hypothesis.settings.load_profile("rlra")


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def planted(rng):
    """A nonnegative matrix of rank 3."""
    return rng.random((30, 3)) @ rng.random((3, 20))
