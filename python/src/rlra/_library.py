"""The C library as Python sees it: contexts, failures, threads, forks, signals."""
from __future__ import annotations

import _signal  # without the enums of signal, which take longer than the rest of a check
import keyword
import os
import threading
import warnings
from typing import TYPE_CHECKING

from rlra._core import ffi, lib

if TYPE_CHECKING:
    from typing import Any, SupportsIndex

MAIN_THREAD = threading.main_thread().ident
_ERRORS = {
    lib.RLRA_ERR_ARGUMENT: ValueError,
    lib.RLRA_ERR_SHAPE: ValueError,
    lib.RLRA_ERR_MEMORY: MemoryError,
    lib.RLRA_ERR_DATA: ValueError,
    lib.RLRA_ERR_UNSUPPORTED: ValueError,
    lib.RLRA_ERR_FILE: OSError,
    lib.RLRA_ERR_FORMAT: ValueError,
    lib.RLRA_ERR_NUMERIC: RuntimeError,
}


# Bytes that are taken without asking whether they are there.
_LITTLE = 2**26


class ConvergenceWarning(UserWarning):
    """A fit ended at its largest number of sweeps, before it converged."""


def text(pointer):
    """A C string as str; None for NULL."""
    return None if pointer == ffi.NULL else ffi.string(pointer).decode(errors="replace")


def python_name(name):
    """A name of the library as a name of Python: words of the language get an underscore, as in ``pass_``."""
    return name + "_" if keyword.iskeyword(name) else name


def _refusal():
    """Why no context can be made in this environment; "" where one can."""
    sentence = ffi.new("char[]", 256)
    lib.rlra_kernels_check(sentence, len(sentence))
    return text(sentence)


class Context:
    """What one call shares: memory and messages of the library. One for each call, so threads never meet."""

    __slots__ = ("_own", "pointer", "function")

    def __init__(self, function=None):
        """`function` is what was called: messages speak of its keywords."""
        self.function = function

    def __enter__(self):
        self._own = ffi.new("rlra_context **")
        status = lib.rlra_context_create(ffi.NULL, self._own)
        if status:
            raise _ERRORS[status](_refusal() or text(lib.rlra_status_text(status)))
        self.pointer = self._own[0]
        return self

    def __exit__(self, *failure):
        lib.rlra_context_destroy(self.pointer)
        self.pointer = ffi.NULL

    def require(self, shape, dtype, what):
        """Raise MemoryError where an array that is to be made has no room: systems that lend more memory than they have would
        end the process later."""
        needed = float(dtype.itemsize)
        for length in shape:
            needed *= length
        if needed < _LITTLE:
            return
        there = lib.rlra_context_memory(self.pointer)
        if needed > there:
            raise MemoryError(f"{what} of shape {tuple(shape)} need {needed / 2**30:.3g} GiB, and there are "
                              f"{there / 2**30:.3g} GiB")

    def check(self, status):
        """Raise the exception of a status, with the library's sentence; nothing for RLRA_OK."""
        if status == lib.RLRA_OK:
            return
        sentence = text(lib.rlra_context_message(self.pointer)) or text(lib.rlra_status_text(status))
        if "`" in sentence:
            from rlra._words import spoken  # here alone, as imports take time

            sentence = spoken(sentence, self.function)
        raise _ERRORS.get(status, RuntimeError)(sentence)


class _Threads:
    """How many threads calls take that are not given a number: 0 means all."""

    standard = 0
    used = False
    orphan = None

    @classmethod
    def after_fork(cls):
        """GNU's OpenMP would wait forever for the threads of the thread that forked: in the child they do not exist."""
        if cls.used:
            cls.orphan = threading.get_ident()
            lib.rlra_watch_alone()


os.register_at_fork(after_in_child=_Threads.after_fork)


def set_num_threads(threads: SupportsIndex) -> None:
    """Set the number of threads for calls that are not given ``threads``.

    Results do not depend on it.

    Parameters
    ----------
    threads : int
        0 for all processors.

    Examples
    --------
    >>> import rlra
    >>> rlra.set_num_threads(1)
    >>> rlra.get_num_threads()
    1
    >>> rlra.set_num_threads(0)
    """
    with Context() as context:
        options = ffi.new("rlra_options *", lib.rlra_options_default())
        number = str(as_whole("threads", threads)).encode()
        context.check(lib.rlra_options_set(context.pointer, options, b"threads", number))
    _Threads.standard = int(number)


def get_num_threads() -> int:
    """The number of threads that calls take when they are not given ``threads``."""
    return _Threads.standard or lib.rlra_build_info().threads


def threads_for(asked):
    """The number of threads for a call that asks for this many, 0 being the default; one where there can be no more."""
    if _Threads.orphan is not None and _Threads.orphan == threading.get_ident():
        return 1
    _Threads.used = True
    return asked or _Threads.standard


def as_whole(name, value):
    """A whole number of any type that is one."""
    try:
        return value.__index__()
    except AttributeError:
        raise TypeError(f"{name} must be a whole number, got {type(value).__name__}") from None


def listens():
    """Whether Ctrl-C is to interrupt a call at once: in the main thread, where Python's own handler stands."""
    return (threading.get_ident() == MAIN_THREAD
            and _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler)


def warn_of_threads(report, level):
    """Warn that the system did not grant all threads."""
    if report.threads_refused > 0:
        warnings.warn(f"the system grants {report.threads} of {report.threads + report.threads_refused} threads: the same "
                      "result takes longer", RuntimeWarning, stacklevel=level)


def warn_unless_converged(report, level=4):
    """Warn that a fit ended at its limit, of the line so many calls up."""
    if report.stop == "sweeps":
        warnings.warn(text(lib.rlra_stop_text(lib.RLRA_STOP_SWEEPS)), ConvergenceWarning, stacklevel=level)


def build_info() -> dict[str, Any]:
    """What was built and what it runs on, as a dict."""
    info = lib.rlra_build_info()
    fields = ((name, getattr(info, name)) for name, _ in ffi.typeof("rlra_build").fields)
    return {name: value if isinstance(value, int) else text(value) for name, value in fields}
