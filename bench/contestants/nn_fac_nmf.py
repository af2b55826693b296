"""nn-fac: NMF by HALS and by accelerated HALS (Gillis & Glineur 2012). Only the two factor updates are timed: its loop also
evaluates the whole residual in every sweep, which a user could not switch off but which is no part of the method."""

import numpy as np
from nn_fac.update_rules import nnls

from contestants import Contestant


def alternate(race, update, **settings):
    u, v = race.copy_of_start()
    v = np.ascontiguousarray(v.T)
    race.begin()
    while True:
        u = update(race.data, u, v, "U", **settings)
        v = update(race.data, u, v, "V", **settings)
        race.sweep([u, v.T])


CONTESTANTS = [
    # The settings of nn_fac.nmf.one_nmf_step.
    Contestant("nnfac-hals", "matrix",
               lambda race: alternate(race, nnls.switch_alternate_hals, maxiter=100, hals_inner_tol=1e-8)),
    Contestant("nnfac-hals-acc", "matrix",
               lambda race: alternate(race, nnls.switch_alternate_hals_acc, maxiter=100, alpha=0.5, delta=0.01)),
]
