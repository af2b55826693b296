"""GenTen (through pygenten): CP by alternating least squares, timed as tensor_toolbox.py says."""

import pygenten

from contestants import Contestant
from contestants.tensor_toolbox import alternate, factors_of, tensor_of
from race import Coordinates, quiet


def least_squares(race):
    with quiet():
        given = tensor_of(race)
        sparse = isinstance(race.data, Coordinates)
        data = pygenten.make_gt_sptensor(given) if sparse else pygenten.make_gt_tensor(given)

        def fit(model, sweeps):
            start = pygenten.make_gt_ktensor(model)
            return pygenten.cp_als(data, init=start, maxiters=sweeps, tol=0.0, printitn=0)[0]

        alternate(race, fit)


CONTESTANTS = [Contestant("genten-als", "tensor", least_squares, dtypes=("f64",), sparse=True, free=True)]
