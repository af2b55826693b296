"""tensorly: nonnegative CP (a matrix is a tensor of order 2) by HALS and by multiplicative updates."""

from unittest import mock

import numpy as np
from tensorly.cp_tensor import CPTensor
from tensorly.decomposition import _nn_cp

from contestants import Contestant


def traced(race, decompose):
    """Run the package's own loop. It contracts mode 0 at the start of a sweep, when the factors of the previous sweep are
    complete, and the list that the loop works on is among the arguments."""
    contract = _nn_cp.unfolding_dot_khatri_rao
    sweeps_begun = 0

    def contract_and_watch(tensor, model, mode):
        nonlocal sweeps_begun
        if mode == 0:
            sweeps_begun += 1
            if sweeps_begun > 1:
                race.sweep(model[1])
        return contract(tensor, model, mode)

    factors = race.copy_of_start()
    weights = np.ones(factors[0].shape[1], dtype=factors[0].dtype)
    race.begin()
    with mock.patch.object(_nn_cp, "unfolding_dot_khatri_rao", contract_and_watch):
        decompose(race.data, rank=len(weights), init=CPTensor((weights, factors)), n_iter_max=race.max_sweeps + 1, tol=0)


CONTESTANTS = [
    Contestant("tensorly-hals", "any", lambda race: traced(race, _nn_cp.non_negative_parafac_hals)),
    Contestant("tensorly-mu", "any", lambda race: traced(race, _nn_cp.non_negative_parafac)),
]
