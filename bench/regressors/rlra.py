"""rlra itself: one call of rlra_nnls() in the shared library, so that times include neither the start of a process nor files."""

import ctypes

import numpy as np

from regressors import Regressor

MAX_ORDER = 8
F64 = 1


class Array(ctypes.Structure):
    _fields_ = [("dtype", ctypes.c_int), ("order", ctypes.c_int), ("dims", ctypes.c_int64 * MAX_ORDER),
                ("strides", ctypes.c_int64 * MAX_ORDER), ("data", ctypes.c_void_p)]


class Sparse(ctypes.Structure):
    _fields_ = [("dtype", ctypes.c_int), ("order", ctypes.c_int), ("dims", ctypes.c_int64 * MAX_ORDER),
                ("count", ctypes.c_int64), ("compressed", ctypes.c_int), ("starts", ctypes.c_void_p),
                ("indices", ctypes.c_void_p * MAX_ORDER), ("values", ctypes.c_void_p)]


class Options(ctypes.Structure):
    """Opaque, and larger than it needs to be: fields are set by name."""

    _fields_ = [("bytes", ctypes.c_char * 4096)]


def array_of(a):
    view = Array(F64, a.ndim, data=a.ctypes.data)
    for mode in range(a.ndim):
        view.dims[mode] = a.shape[mode]
        view.strides[mode] = a.strides[mode] // a.itemsize
    return view


def sparse_of(y):
    """A view of a CSC matrix with 64-bit indices: compressed along mode 1."""
    view = Sparse(F64, 2, count=y.nnz, compressed=1, starts=y.indptr.ctypes.data, values=y.data.ctypes.data)
    view.dims[0], view.dims[1] = y.shape
    view.indices[0] = y.indices.ctypes.data
    return view


class Library:
    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.lib.rlra_nnls_options_default.restype = Options
        self.lib.rlra_context_message.restype = ctypes.c_char_p
        self.context = ctypes.c_void_p()
        self.check(self.lib.rlra_context_create(None, ctypes.byref(self.context)))

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.lib.rlra_context_message(self.context).decode())

    def options(self, **settings):
        options = self.lib.rlra_nnls_options_default()
        for name, value in settings.items():
            self.check(self.lib.rlra_options_set(self.context, ctypes.byref(options), name.encode(), str(value).encode()))
        return options

    def nnls(self, w, y, options):
        x = np.zeros((w.shape[1], y.shape[1]))
        self.check(self.lib.rlra_nnls(self.context, ctypes.byref(array_of(w)), ctypes.byref(array_of(y)), ctypes.byref(options),
                                      None, ctypes.byref(array_of(x)), None))
        return x

    def nnls_sparse(self, w, y, options):
        x = np.zeros((w.shape[1], y.shape[1]))
        plan = ctypes.c_void_p()
        self.check(self.lib.rlra_nnls_plan_create(self.context, ctypes.byref(array_of(w)), ctypes.byref(options), None,
                                                  ctypes.byref(plan)))
        self.check(self.lib.rlra_nnls_plan_solve_sparse(plan, ctypes.byref(sparse_of(y)), ctypes.byref(array_of(x)), None, None))
        self.lib.rlra_nnls_plan_destroy(plan)
        return x


def load(task):
    task.rlra = Library(task.library)
    if task.stored is not None:
        task.stored.indices = task.stored.indices.astype(np.int64)
        task.stored.indptr = task.stored.indptr.astype(np.int64)


def solver(**settings):
    """Rounds are cut at `effort`; with a tolerance of 0 nothing else ends them."""
    def run(task, effort):
        limits = {"threads": task.threads} | ({} if effort is None else {"max_sweeps": effort, "tolerance": 0})
        if task.sparsity:
            limits["sparsity"] = task.sparsity
        options = task.rlra.options(**limits, **settings)
        if task.stored is not None:
            return task.rlra.nnls_sparse(task.w, task.stored, options)
        return task.rlra.nnls(task.w, task.y, options)
    return run


def entry(name, kind, iterative=False, standard=True, sparse=False, **settings):
    if kind == "nnkl":
        settings["loss"] = "kl"
    return Regressor(name, (kind,), solver(**settings), iterative, load, sparse, standard)


REGRESSORS = [
    entry("rlra", "nnls"),
    entry("rlra-active-set", "nnls", update="active_set"),
    entry("rlra-hals", "nnls", iterative=True, update="hals"),
    entry("rlra-fista", "nnls", iterative=True, standard=False, update="fista"),
    entry("rlra-msom", "nnls", iterative=True, standard=False, update="msom"),
    entry("rlra-kl", "nnkl", sparse=True, iterative=True),
    entry("rlra-kl-mu", "nnkl", sparse=True, iterative=True, update="mu"),
    entry("rlra-kl-ccd", "nnkl", sparse=True, iterative=True, standard=False, update="ccd"),
    entry("rlra-kl-dense", "nnkl", iterative=True, standard=False),
    entry("rlra-k-sparse", "k-sparse"),
    entry("rlra-omp", "k-sparse", update="omp"),
]
