"""pyttb, the Tensor Toolbox in Python: CP by alternating least squares, and CP-APR under kl. It has no callback, so runs of
1, 2, .. sweeps from the same start are timed; what a run costs beside its sweeps is taken off."""

import numpy as np
import pyttb

from contestants import Contestant
from race import Coordinates

LONG = 3  # sweeps of the run that tells the cost of a sweep from that of a run


def tensor_of(race):
    if isinstance(race.data, Coordinates):
        return pyttb.sptensor(race.data.index, race.data.values[:, None], race.data.shape)
    return pyttb.tensor(race.data)


def model_of(race):
    return pyttb.ktensor(race.copy_of_start(order="F"))


def factors_of(model):
    factors = [np.asarray(factor) for factor in model.factor_matrices]
    return [factors[0] * model.weights] + factors[1:]


def alternate(race, fit):
    """fit(model, sweeps) returns a model."""

    def run(sweeps):
        model = model_of(race)
        begin = race.now()
        model = fit(model, sweeps)
        return race.now() - begin, factors_of(model)

    run(1)  # what is loaded or compiled once
    short, long = run(1)[0], run(LONG)[0]
    race.series(run, max(short - (long - short) / (LONG - 1), 0.0))


def least_squares(race):
    data, rank = tensor_of(race), race.start[0].shape[1]
    alternate(race, lambda model, sweeps: pyttb.cp_als(data, rank, stoptol=0.0, maxiters=sweeps, init=model, printitn=0)[0])


def poisson(race, algorithm):
    data, rank = tensor_of(race), race.start[0].shape[1]
    alternate(race, lambda model, sweeps: pyttb.cp_apr(data, rank, algorithm=algorithm, stoptol=0.0, maxiters=sweeps, init=model,
                                                       printitn=0)[0])


CONTESTANTS = [
    Contestant("pyttb-als", "any", least_squares, dtypes=("f64",), sparse=True, free=True),
    # A sweep of theirs takes seconds where ours takes milliseconds.
    Contestant("pyttb-apr-mu", "any", lambda race: poisson(race, "mu"), dtypes=("f64",), losses=("kl",), standard=False),
    Contestant("pyttb-apr-pdnr", "any", lambda race: poisson(race, "pdnr"), dtypes=("f64",), losses=("kl",), standard=False),
]
