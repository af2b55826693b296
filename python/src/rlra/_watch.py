"""Progress of a fit, Ctrl-C and the trace: Python's part of src/native/watch.c."""
import sys
import time

import numpy as np

from rlra._core import ffi, lib
from rlra._library import listens, text

# Seconds between two checks of signals and progress.
PATIENCE = 0.1
TRACE = np.dtype([("start", np.int64), ("sweep", np.int64), ("seconds", np.float64), ("objective", np.float64),
                  ("relative_error", np.float64), ("kkt_residual", np.float64), ("escapes", np.int64)])
_PROGRESS = [name for name, _ in ffi.typeof("rlra_progress").fields]




def _keep(kind, failure, trace):
    """An exception, be it of a handler of a signal, cannot pass through the library: the fit is ended, then it is raised."""
    watch = ffi.from_handle(trace.tb_frame.f_locals["handle"])
    watch.failure = failure
    lib.rlra_context_interrupt(watch.context.pointer)


@ffi.def_extern(onerror=_keep)
def rlra_watch_poll(handle, progress):
    """Called by the library now and then; that Python runs at all is what lets handlers of signals run."""
    watch = ffi.from_handle(handle)
    if watch.report is not None:
        watch.report({name: getattr(progress, name) for name in _PROGRESS})


@ffi.def_extern()
def rlra_watch_warn(handle, sentence):
    """Called by the library with a note, such as a checkpoint that could not be written."""
    ffi.from_handle(handle).notes.append(text(sentence))


def _last_fits(trace):
    """The rows of the last fit of each start: the best one is repeated where it is to escape from its minimum."""
    begins = np.flatnonzero(trace["sweep"] == 0)
    last = {int(trace["start"][row]): row for row in begins}
    fit = np.repeat(begins, np.diff([*begins, len(trace)]))
    return trace[[begin == last[int(start)] for begin, start in zip(fit, trace["start"])]] if len(trace) else trace


class Watch:
    """Watch one call of the library: ``with Watch(context, report) as watch: ..``, then `watch.trace`."""

    __slots__ = ("c", "report", "failure", "context", "handle", "notes", "trace", "keeps", "__weakref__")

    def __init__(self, context, progress=False, keeps=True):
        """Without `keeps` there is no trace."""
        self.keeps = keeps
        self.context, self.failure, self.notes, self.trace = context, None, [], None
        self.report = reporter(progress)

    def __enter__(self):
        self.c = ffi.new("rlra_watch *")
        self.handle = ffi.new_handle(self)
        self.c.handle, self.c.keeps = self.handle, self.keeps
        self.c.every = 0 if callable(self.report) and not isinstance(self.report, _Reporter) else PATIENCE
        lib.rlra_watch_open(self.c, self.context.pointer, listens())
        return self

    def __exit__(self, *failure):
        count = self.c.count
        self.trace = _last_fits(np.frombuffer(bytearray(ffi.buffer(self.c.rows, count * TRACE.itemsize)), TRACE))
        lib.rlra_watch_close(self.c)
        self.handle = None
        if isinstance(self.report, _Reporter):
            self.report.close()
        if self.failure is not None:
            raise self.failure


def reporter(progress):
    """What reports progress: None, a function of a dict, a bar or lines."""
    if progress is False or progress is None:
        return None
    if callable(progress):
        return progress
    if progress is not True:
        raise TypeError(f"progress must be True, False or a function, got {type(progress).__name__}")
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Lines()
    return _Bar(tqdm)


class _Reporter:
    def close(self):
        pass

    def fits(self, done, count):
        """Of many fits, so many are done."""


class _Lines(_Reporter):
    """A line on stderr for each check, for those who have no tqdm."""

    told = -1.0

    def fits(self, done, count):
        now = time.monotonic()
        if done == count or now - self.told >= 1:
            print(f"rlra: {done} of {count} fits", file=sys.stderr)
            self.told = now

    def __call__(self, at):
        print(f"rlra: sweep {at['sweep']}, objective {at['objective']:.6g}, relative error {at['relative_error']:.4g}, "
              f"KKT residual {at['kkt_residual']:.2g}, {at['seconds']:.1f} s", file=sys.stderr)


class _Bar(_Reporter):
    """A bar of tqdm; its length is the largest number of sweeps."""

    def __init__(self, tqdm):
        self.bar = tqdm(unit="sweep", desc="rlra")

    def __call__(self, at):
        if self.bar.total is None:
            self.bar.total = at["max_sweeps"]
        self.bar.n = at["sweep"]
        self.bar.set_postfix_str(f"error {at['relative_error']:.4g}, kkt {at['kkt_residual']:.2g}")

    def fits(self, done, count):
        self.bar.unit, self.bar.total = "fit", count
        self.bar.update(done - self.bar.n)

    def close(self):
        self.bar.close()
