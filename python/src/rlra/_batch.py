"""Many small fits at once: rlra.nmf of a stack of matrices."""
from __future__ import annotations

import dataclasses
import re
import warnings

import numpy as np

from rlra import _fit
from rlra._arrays import DTYPES, asked_mask, dense_view, observed
from rlra._core import ffi, lib
from rlra._library import Context, ConvergenceWarning, as_whole, python_name, text, warn_of_threads
from rlra._options import TABLE, fill, set_option
from rlra._priors import for_factors
from rlra._reports import Report, changes_of_rules
from rlra._results import Result
from rlra._watch import TRACE, Watch, reporter

# Fits that are posed at once: the library holds a problem and a model for each.
CHUNK = 256
_STACK = 3
_FAILURES = (ValueError, TypeError, MemoryError, RuntimeError)
_FIT = re.compile(r"fit (\d+): ")
_FIELDS = ffi.typeof("rlra_report").fields
_REPORT = np.dtype({
    "names": [name for name, _ in _FIELDS],
    "formats": [{"double": np.float64, "int": np.int32, "int64_t": np.int64}.get(
        field.type.cname, {"pointer": np.uint64, "array": f"V{ffi.sizeof(field.type)}"}.get(field.type.kind, np.uint32))
        for _, field in _FIELDS],
    "offsets": [field.offset for _, field in _FIELDS],
    "itemsize": ffi.sizeof("rlra_report"),
})


class Batch(Result):
    """Fits of a stack of matrices; unpacks as ``weights, (W, H)``, each a stack, too.

    The model of matrix i is ``(factors[0][i] * weights[i]) @ factors[1][i].T``.

    Attributes
    ----------
    weights : ndarray of shape (n, rank)
    factors : list of ndarray of shape (n, length of the mode, rank)
    report : Report
        As that of one fit, with an array of n in each field.
    trace : structured ndarray
        Empty: sweeps of many fits are not kept.
    options : dict
    priors : list of str
        One for each factor.
    task : str
    """

    @property
    def rank(self) -> int:
        """Number of components."""
        return self.weights.shape[1]

    @property
    def count(self) -> int:
        """Number of fits."""
        return len(self.weights)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data."""
        return (self.count, *(factor.shape[1] for factor in self.factors))

    def __repr__(self):
        size, errors = " x ".join(map(str, self.shape[1:])), self.report.relative_error
        return (f"<rlra.Batch of {self.task}: {self.count} times {size}, rank {self.rank}, {self.weights.dtype}; "
                f"relative errors {errors.min():.6g} to {errors.max():.6g}, {self.report.sweeps.sum()} sweeps>")

    def result(self, index: int) -> Result:
        """The result of one fit; its arrays are views of those here."""
        values = (getattr(self.report, field.name)[index] for field in dataclasses.fields(Report))
        report = Report(*(value.item() if isinstance(value, np.generic) else value for value in values))
        return Result(self.weights[index], [factor[index] for factor in self.factors], report, self.trace, self.options,
                      self.priors, self.task)

    def reconstruct(self) -> np.ndarray:
        """The models' values, as a stack of the shape of the data."""
        return (self.factors[0] * self.weights[:, None, :]) @ self.factors[1].transpose(0, 2, 1)

    def normalised(self) -> Batch:
        """The same models with columns of norm one, each sorted by falling weight."""
        parts = [self.result(i).normalised() for i in range(self.count)]
        factors = [np.stack(each) for each in zip(*(part.factors for part in parts))]
        return dataclasses.replace(self, weights=np.stack([part.weights for part in parts]), factors=factors)

    def to_html(self, path=None):
        """Refused: a page is about one fit."""
        raise ValueError("a page is about one fit, and this is a batch: write batch.result(i).to_html(..)")

    def _record(self):
        record = {field.name: getattr(self.report, field.name).tolist() for field in dataclasses.fields(Report)}
        return {"report": record, "options": self.options, "priors": self.priors, "task": self.task}

    @classmethod
    def load(cls, path):
        """Read what `save` of a batch wrote."""
        made = super().load(path)
        if np.ndim(made.weights) < 2:
            raise ValueError(f"{path} holds one fit: rlra.Result.load reads it")
        values = ((name, getattr(made.report, name)) for name in (field.name for field in dataclasses.fields(Report)))
        made.report = Report(**{name: _lists(value) if name == "change" else np.array(value) for name, value in values})
        return made


def _refuse(settings):
    """What is for one matrix."""
    for name, standard in {"starts": 1, "checkpoint": None, "resume": False, "memory_limit": None}.items():
        value = settings.get(name, standard)
        if (as_whole(name, value) if name == "starts" else value) != standard:
            raise ValueError(f"{name} is for one matrix, and X is a stack: fit one after the other, in a loop")


class _Start:
    """How each fit starts: by a name, or from factors, the same for all or one for each."""

    def __init__(self, context, options, init, shape):
        self.stacks = None
        if init is None or isinstance(init, str):
            set_option(context, options, TABLE["init"], init or "auto")
            return
        weights, factors = _fit.factors_of(init, _STACK - 1)
        self.stacks = [np.asarray(factor) for factor in factors]
        for n, stack in enumerate(self.stacks):
            if stack.ndim == _STACK and len(stack) != shape[0]:
                raise ValueError(f"factor {n} of init is a stack of {len(stack)}, X one of {shape[0]}")
        if weights is not None:
            self.stacks[0] = self.stacks[0] * np.asarray(weights)[..., None, :]
        set_option(context, options, TABLE["init"], "model")

    def fill(self, context, model, i):
        for n, stack in enumerate(self.stacks or ()):
            view = dense_view(f"factor {n}", stack[i] if stack.ndim == _STACK else stack)
            context.check(lib.rlra_model_set_factor(model, n, view.c))


class _Stack:
    """The matrices of a stack as views of the library, one after the other in the same struct."""

    def __init__(self, view):
        whole = view.c
        self.c = ffi.new("rlra_array *", {"dtype": whole.dtype, "order": 2})
        self.c.dims[0:2], self.c.strides[0:2] = ffi.unpack(whole.dims, 3)[1:], ffi.unpack(whole.strides, 3)[1:]
        self.base, self.step = ffi.cast("char *", whole.data), whole.strides[0] * DTYPES[whole.dtype].itemsize

    def at(self, i):
        self.c.data = self.base + i * self.step
        return self.c


class _Chunk:
    """Problems and models of some fits, freed at the end of the with block."""

    def __init__(self, context, count):
        self.context, self.count = context, count
        self.problems, self.models = ffi.new("rlra_problem *[]", count), ffi.new("rlra_model *[]", count)
        self.fits = ffi.new("rlra_batch_fit[]", count)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for i in range(self.count):
            lib.rlra_model_destroy(self.models[i])
            lib.rlra_problem_destroy(self.problems[i])

    def pose(self, k, task, i):
        """Fit k of the chunk is that of matrix i."""
        context, pointer = self.context, self.context.pointer
        data = task.data.at(i)
        context.check(lib.rlra_problem_create(pointer, self.problems + k))
        problem = self.problems[k]
        if task.known is None and not task.nan:
            context.check(lib.rlra_problem_add_dense(problem, data, 1.0, ffi.NULL))
        else:
            kind = lib.RLRA_MISSING_NAN if task.nan else lib.RLRA_MISSING_NONE
            weights = ffi.NULL if task.known is None else task.known.at(i)
            context.check(lib.rlra_problem_add_weighted(problem, data, weights, kind, 1.0, ffi.NULL))
        for n, prior in enumerate(task.priors):
            context.check(lib.rlra_problem_add_prior(problem, n, prior))
        context.check(lib.rlra_model_create(pointer, data.dtype, 2, data.dims, task.options.rank, self.models + k))
        task.start.fill(context, self.models[k], i)
        fit = self.fits[k]
        fit.problem, fit.options, fit.model = problem, task.options, self.models[k]


class _Task:
    """What all fits of a stack share, and where their results go."""

    def __init__(self, context, data, known, missing, priors, options, init):
        n, rows, columns = data.shape
        self.data, self.known, self.nan = _Stack(data), None if known is None else _Stack(known), missing == "nan"
        self.priors, self.options = [prior.encode() for prior in priors], options
        self.start = _Start(context, options, init, data.shape)
        context.require((n, rows + columns, options.rank), data.dtype, "factors")
        self.factors = [np.empty((n, length, options.rank), data.dtype) for length in (rows, columns)]
        self.weights = np.empty((n, options.rank), data.dtype)
        self.reports = np.empty(n, _REPORT)
        self.targets = [(ffi.cast("char *", ffi.from_buffer(array)), array.strides[0])
                        for array in (*self.factors, self.weights)]

    def keep(self, k, chunk, i):
        (w, w_step), (h, h_step), (weights, step) = self.targets
        model = chunk.models[k]
        lib.rlra_copy_factor(model, 0, w + i * w_step)
        lib.rlra_copy_factor(model, 1, h + i * h_step)
        lib.rlra_copy_weights(model, weights + i * step)

    def keep_reports(self, chunk, begin):
        fits = np.frombuffer(ffi.buffer(chunk.fits), np.uint8).reshape(chunk.count, -1)
        place = ffi.offsetof("rlra_batch_fit", "report")
        bytes_of = np.ascontiguousarray(fits[:, place:place + _REPORT.itemsize])
        self.reports[begin:begin + chunk.count] = bytes_of.view(_REPORT)[:, 0]


def _words(numbers, read):
    """An array of the words that numbers stand for."""
    known = {number: read(number) for number in np.unique(numbers).tolist()}
    return np.array([known[number] for number in numbers.tolist()])


def _lists(values):
    """An array whose entries are lists."""
    made = np.empty(len(values), object)
    for i, value in enumerate(values):
        made[i] = list(value)
    return made


def _report(reports):
    """A report with an array in each field."""
    values = {}
    for name, field in _FIELDS:
        value = np.ascontiguousarray(reports[name])
        if field.type is ffi.typeof("rlra_stop"):
            value = _words(value, lambda stop: text(lib.rlra_stop_word(stop)))
        elif field.type.kind == "pointer":
            value = _words(value, lambda address: text(ffi.cast("char *", address)))
        elif field.type.kind == "array":
            rows = value.view(np.uint8).reshape(len(value), -1)
            value = _lists([changes_of_rules(ffi.from_buffer(field.type, row)) for row in rows])
        values[python_name(name)] = value
    return Report(**values)


class _Progress:
    """Reports of all fits what the library reports of those of a chunk."""

    def __init__(self, progress, count):
        self.report, self.begin, self.count = reporter(progress), 0, count
        self.is_own = callable(progress)

    def __call__(self, at):
        at = {**at, "start": self.begin + at["start"], "starts": self.count}
        if self.is_own:
            self.report(at)

    def done(self, end):
        """A bar counts fits."""
        self.begin = end
        if self.report is not None and not self.is_own:
            self.report.fits(end, self.count)

    def close(self):
        if self.report is not None and not self.is_own:
            self.report.close()


def _run(context, task, chunk, begin, threads, progress):
    """Fit the problems of a chunk; the report of the batch."""
    whole = ffi.new("rlra_batch_report *")
    for k in range(chunk.count):
        with _named(begin + k):
            chunk.pose(k, task, begin + k)
    with Watch(context, progress if progress.is_own else False, keeps=False):
        status = lib.rlra_fit_batch(context.pointer, chunk.count, chunk.fits, threads, whole)
    with _named(None if whole.first_failed < 0 else begin + whole.first_failed):
        context.check(status)
    if whole.done < chunk.count:
        raise KeyboardInterrupt
    for k in range(chunk.count):
        task.keep(k, chunk, begin + k)
    task.keep_reports(chunk, begin)
    return whole


class _named:
    """Failures within say of which matrix they are."""

    __slots__ = ("index",)

    def __init__(self, index):
        self.index = index

    def __enter__(self):
        return self

    def __exit__(self, kind, failure, trace):
        if isinstance(failure, _FAILURES) and self.index is not None:
            raise type(failure)(f"X[{self.index}]: {_FIT.sub('', str(failure), 1)}") from None


def _warn(batch, whole):
    warn_of_threads(whole, 5)
    open_fits = int(np.count_nonzero(batch.report.stop == "sweeps"))
    if open_fits > 0:
        warnings.warn(f"the largest number of sweeps was reached by {open_fits} of {batch.count} fits", ConvergenceWarning,
                      stacklevel=4)


def fit_stack(function, X, rank, given, *, prior, mask, mask_means, weights, missing, init, dtype, progress, **settings):
    """The fits of all matrices of a stack."""
    _refuse(settings)
    _fit.check_missing(missing, False)
    entries = X.data if isinstance(X, np.ma.MaskedArray) else X
    with Context(function) as context:
        data = dense_view("X", entries, dtype)
        if len(data.shape) != _STACK or data.shape[0] == 0:
            raise ValueError(f"X must be a stack of matrices of one shape, got shape {data.shape}")
        known = observed(data, asked_mask(context, data, mask, mask_means, missing), weights, X)
        if known is not None and known.shape != data.shape:
            raise ValueError(f"weights has shape {known.shape}, the data {data.shape}")
        priors = for_factors(prior, function.task.prior, _STACK - 1)
        options = fill(context, function, given)
        set_option(context, options, TABLE["rank"], rank)
        task = _Task(context, data, known, missing, priors, options, init)
        whole = _fit_all(context, function, task, data.shape[0], given, progress)
        batch = Batch(task.weights, task.factors, _report(task.reports), np.empty(0, TRACE), function.task.echo(options),
                      priors, function.__name__)
    _warn(batch, whole)
    return batch


def _fit_all(context, function, task, count, given, progress):
    told, whole = _Progress(progress, count), None
    misses = task.known is not None or task.nan
    try:
        for begin in range(0, count, CHUNK):
            with _Chunk(context, min(CHUNK, count - begin)) as chunk:
                if begin == 0 and given:
                    _check_effects(context, function, task, given, misses)
                whole = _run(context, task, chunk, begin, task.options.threads, told)
            told.done(min(count, begin + CHUNK))
    finally:
        told.close()
    return whole


def _check_effects(context, function, task, given, misses):
    """What has no effect on the first fit has none on all."""
    with _Chunk(context, 1) as one, _named(0):
        one.pose(0, task, 0)
        _fit.check_effects(context, function, one.problems[0], task.options, given, {}, misses)
