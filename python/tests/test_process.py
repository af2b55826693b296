"""Threads, forks, new processes, signals, exceptions on the way."""
import concurrent.futures
import multiprocessing
import os
import signal
import threading
import time

import numpy as np
import pytest

import rlra

# A fit that has no end of its own.
ENDLESS = {"tolerance": 0, "decrease": 0, "max_sweeps": 10**9, "loss": "kl"}


def fit(seed):
    data = np.random.default_rng(seed).random((200, 150))
    return rlra.nmf(data, 4).factors[0]


@pytest.mark.parametrize("name", ["avx", "AVX2", "baseline ", "no such set"])
def test_kernels_that_are_not_here_are_refused(name, monkeypatch):
    monkeypatch.setenv("RLRA_KERNELS", name)
    with pytest.raises(ValueError, match=f"RLRA_KERNELS={name}, and there are no kernels of that name.*baseline"):
        rlra.nmf(np.ones((3, 3)), 1)
    monkeypatch.setenv("RLRA_KERNELS", "baseline")
    assert rlra.nmf(np.ones((3, 3)), 1).rank == 1
    assert rlra.build_info()["kernels"] == "baseline"


def test_threads_may_call_at_once():
    expected = [fit(seed) for seed in range(8)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for a, b in zip(pool.map(fit, range(8)), expected):
            assert np.array_equal(a, b)


def test_failures_of_threads_do_not_mix(planted):
    def fail(name):
        with pytest.raises(ValueError, match=name):
            rlra.nmf(planted, 2, update=name)
        return True
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert all(pool.map(fail, [f"rule{i}" for i in range(100)]))


def test_other_threads_run_meanwhile(rng):
    data = rng.random((400, 300))
    ticks, done = [], threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.01)
    other = threading.Thread(target=tick)
    other.start()
    begun = time.monotonic()
    rlra.nmf(data, 10, time_limit=0.5, **ENDLESS)
    ended = time.monotonic()
    done.set()
    other.join()
    assert sum(begun < at < ended for at in ticks) > 5


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_other_processes_give_the_same(method):
    expected = fit(0)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        futures = [pool.submit(fit, 0) for _ in range(3)]
        assert all(np.array_equal(future.result(timeout=60), expected) for future in futures)


def interrupt_soon(seconds=0.3):
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return timer


@pytest.mark.parametrize("call", [
    lambda data: rlra.nmf(data, 10, **ENDLESS),
    lambda data: rlra.nmf(data, 10, starts=1000, **ENDLESS),
    lambda data: rlra.nnls(data[:, :80], np.tile(data, 200), loss="kl", max_sweeps=10**9, tolerance=0),
])
def test_ctrl_c_ends_a_call(call, rng):
    data = rng.random((300, 250))
    begun = time.monotonic()
    timer = interrupt_soon()
    try:
        with pytest.raises(KeyboardInterrupt):
            call(data)
    finally:
        timer.cancel()
    assert 0.3 <= time.monotonic() - begun < 30
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert rlra.nmf(data[:20, :20], 2).rank == 2


class Enough(Exception):
    """Raised by a handler."""


def test_other_handlers_may_raise(rng):
    def handler(number, frame):
        raise Enough
    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(Enough):
            rlra.nmf(rng.random((300, 250)), 10, **ENDLESS)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_handlers_of_ctrl_c_that_return_let_the_fit_continue(rng):
    seen = []
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        timer = interrupt_soon(0.2)
        result = rlra.nmf(rng.random((300, 250)), 10, time_limit=0.6, **ENDLESS)
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen and result.report.stop == "time"


def test_progress_is_reported_after_each_sweep(planted):
    reported = []
    result = rlra.nmf(planted, 2, progress=reported.append)
    assert [at["sweep"] for at in reported] == result.trace["sweep"].tolist()
    assert reported[-1]["objective"] == pytest.approx(result.report.objective)


def test_exceptions_of_progress_end_the_fit(planted):
    def stop(at):
        if at["sweep"] == 2:
            raise Enough(f"after {at['sweep']}")
    with pytest.raises(Enough, match="after 2"):
        rlra.nmf(planted, 2, progress=stop, **ENDLESS)


def test_fits_within_fits_are_interrupted(rng):
    data = rng.random((300, 250))

    def inner(at):
        rlra.nmf(data[:20, :20], 2)
        if at["sweep"] == 1:
            os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        rlra.nmf(data, 10, progress=inner, **ENDLESS)
    assert rlra.nmf(data[:20, :20], 2).rank == 2


def test_progress_draws_a_bar(planted, capsys):
    pytest.importorskip("tqdm")
    rlra.nmf(planted, 2, progress=True)
    assert "sweep" in capsys.readouterr().err


def test_the_number_of_threads_is_remembered():
    before = rlra.get_num_threads()
    rlra.set_num_threads(1)
    try:
        assert rlra.get_num_threads() == 1
        assert rlra.nmf(np.ones((300, 300)), 1).report.threads == 1
    finally:
        rlra.set_num_threads(0)
    assert rlra.get_num_threads() == before
    with pytest.raises(ValueError, match="threads"):
        rlra.set_num_threads(-1)
