"""The stopwatch of a contestant: time and objective after each sweep, the evaluation kept out of the time."""

import time

import numpy as np
import scipy.sparse

EVERY_SWEEP_UNTIL = 50  # later sweeps are kept when they are 2 % further than the last kept one
GROWTH = 1.02


class Finished(Exception):
    """Raised to leave the loop of a contestant when its time or its sweeps are used up."""


class Race:
    """Records (sweep, seconds, objective) of one run.

    A contestant that works sweep by sweep calls begin() and then sweep(factors); one that can only be run to the end calls
    point(sweep, seconds, factors) for runs of different length; one that writes a trace of its own calls trace().
    """

    def __init__(self, data, start, max_sweeps, seconds, settings):
        self.data = data
        self.start = start
        self.max_sweeps = max_sweeps
        self.limit = seconds
        self.settings = settings  # threads, binary, data_file, start_file, loss, scratch
        self.kept = []
        self.sweep_seconds = []
        self.result = None
        self.extra = {}
        self._sweeps = 0
        self._elapsed = 0.0
        self._last = 0.0
        self._resumed = None

    def copy_of_start(self, order="C"):
        return [np.array(factor, order=order) for factor in self.start]

    def begin(self):
        self.kept.append((0, 0.0, self.copy_of_start()))
        self._resumed = time.perf_counter()

    def sweep(self, factors):
        """After a sweep: stop the clock, keep the factors if due, start the clock."""
        self._elapsed += time.perf_counter() - self._resumed
        self._sweeps += 1
        self.sweep_seconds.append(self._elapsed - self._last)
        self._last = self._elapsed
        finished = self._sweeps >= self.max_sweeps or self._elapsed >= self.limit
        if finished or self._sweeps <= EVERY_SWEEP_UNTIL or self._sweeps >= GROWTH * self.kept[-1][0]:
            self.kept.append((self._sweeps, self._elapsed, [np.array(factor) for factor in factors]))
        if finished:
            raise Finished
        self._resumed = time.perf_counter()

    def point(self, sweep, seconds, factors):
        """The end of a run of `sweep` sweeps that took `seconds`."""
        if sweep > 0:
            last_sweep, last_seconds = self.kept[-1][:2]
            self.sweep_seconds.append(max(seconds - last_seconds, 0.0) / (sweep - last_sweep))
        self.kept.append((sweep, seconds, [np.array(factor) for factor in factors]))

    def trace(self, sweeps, seconds, objectives, factors):
        """A trace made by the contestant itself; `factors` are its last ones, to check the trace against."""
        self.sweep_seconds = list(np.diff(seconds))
        points = [{"sweep": int(k), "seconds": float(t), "objective": float(f)}
                  for k, t, f in zip(sweeps, seconds, objectives)]
        truth = objective(self.data, factors, self.settings["loss"])
        self.extra["trace_error"] = abs(points[-1]["objective"] - truth) / truth
        self.result = points

    @property
    def data_bytes(self):
        """Bytes of the data as they are passed."""
        if not scipy.sparse.issparse(self.data):
            return self.data.nbytes
        return sum(part.nbytes for part in (self.data.data, self.data.indices, self.data.indptr))

    def points(self):
        if self.result is None:
            self.result = [{"sweep": k, "seconds": t, "objective": objective(self.data, factors, self.settings["loss"])}
                           for k, t, factors in self.kept]
        return self.result


def khatri_rao(factors):
    """Columnwise Kronecker product, the last factor fastest."""
    product = np.asarray(factors[0], dtype=np.float64)
    for factor in factors[1:]:
        product = (product[:, None, :] * np.asarray(factor, dtype=np.float64)[None, :, :]).reshape(-1, product.shape[1])
    return product


def model_sum(factors):
    """The sum of all entries of the model."""
    return float(np.prod([np.sum(factor, axis=0, dtype=np.float64) for factor in factors], axis=0).sum())


def squares(data, model):
    """Half the squared distance."""
    return 0.5 * float(np.sum((data - model) ** 2))


def divergence(data, model):
    """sum y log(y / v) - y + v with 0 log 0 = 0."""
    used = data > 0
    return float(np.sum(data[used] * np.log(data[used] / model[used])) - data.sum() + model.sum())


def objective(data, factors, loss="frobenius"):
    """The loss in double precision, from the entries themselves."""
    measure = {"frobenius": squares, "kl": divergence}[loss]
    if scipy.sparse.issparse(data):
        return sparse_objective(data.tocsr(), factors, loss)
    rest = khatri_rao(factors[1:]).T
    first = np.asarray(factors[0], dtype=np.float64)
    rows = data.reshape(data.shape[0], -1)
    step = max(1, 2**22 // rows.shape[1])
    return sum(measure(rows[begin : begin + step].astype(np.float64), first[begin : begin + step] @ rest)
               for begin in range(0, rows.shape[0], step))


def sparse_objective(data, factors, loss):
    """The loss of the stored entries, and the model where the data are zero."""
    w, h = (np.asarray(factor, dtype=np.float64) for factor in factors)
    row = np.repeat(np.arange(data.shape[0]), np.diff(data.indptr))
    model = np.concatenate([np.einsum("ek,ek->e", w[row[e : e + 2**16]], h[data.indices[e : e + 2**16]])
                            for e in range(0, data.nnz, 2**16)])
    stored = data.data.astype(np.float64)
    if loss == "kl":
        return divergence(stored, model) + model_sum(factors) - float(model.sum())
    return squares(stored, model) + 0.5 * (float(np.sum((w.T @ w) * (h.T @ h))) - float(np.sum(model**2)))
