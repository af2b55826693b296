"""What the system does not grant: threads, memory; and arrays that cannot be what they are given as."""
import os
import re
import subprocess
import sys

import numpy as np
import pytest

import rlra

# No process or thread more for this user, who is not root: root has no limit.
FEW_THREADS = """
import os, resource, sys, warnings
import numpy as np
import rlra
x = np.random.default_rng(1).random((1200, 400))
counts = np.random.default_rng(2).integers(0, 5, (1200, 400)).astype(float)
calls = {
    "nmf": lambda: rlra.nmf(x, 50, threads=4, max_sweeps=5, decrease=0),
    "stack": lambda: rlra.nmf(x.reshape(60, 20, 400), 5, threads=4, max_sweeps=5, decrease=0),
    "starts": lambda: rlra.nmf(x, 50, threads=4, max_sweeps=5, decrease=0, starts=2),
    "cp": lambda: rlra.cp(x.reshape(60, 20, 400), 50, threads=4, max_sweeps=5, decrease=0),
    "topics": lambda: rlra.topics(counts, 50, threads=4, max_sweeps=5, decrease=0),
    "unmix": lambda: rlra.unmix(x.reshape(60, 20, 400), 50, threads=4, max_sweeps=5, decrease=0),
    "separable": lambda: rlra.separable(x, 2, threads=4),
    "nnls": lambda: rlra.nnls(x[:, :30], x, threads=4),
}
call = calls[sys.argv[1]]
if os.geteuid() == 0:
    os.setuid(65534)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("default")
    for _ in range(3):
        call()
notes = [each for each in caught if "the system grants" in str(each.message)]
print(len(notes), {each.filename == __file__ for each in notes}, {each.category.__name__ for each in notes},
      {"threads: the same result takes longer" in str(each.message) for each in notes})
"""


def run(tmp_path, text, *arguments):
    script = tmp_path / "script.py"
    script.write_text(text)
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, timeout=100)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of threads are those of Linux")
@pytest.mark.parametrize("call", ["nmf", "stack", "starts", "cp", "topics", "unmix", "separable", "nnls"])
def test_threads_that_are_not_granted_are_reported_once_where_the_call_is(call, tmp_path):
    done = run(tmp_path, FEW_THREADS, call)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[0] == "1 {True} {'RuntimeWarning'} {True}"


@pytest.mark.parametrize(("call", "sentence"), [
    (lambda x: rlra.nmf(x, 2), r"the fit needs [0-9.]+ \w+ \(data [0-9.]+ \w+, factors .*, workspace .*by RLRA_MEMORY"),
    (lambda x: rlra.nmf(x, 2, starts=3), r"\(data .*, factors .*, workspace .*by RLRA_MEMORY"),
    (lambda x: rlra.cp(x.reshape(60, 50, 40), 2), r"\(data .*, factors .*by RLRA_MEMORY"),
], ids=["nmf", "starts", "cp"])
def test_fits_without_room_are_refused_with_the_sum(call, sentence, rng, monkeypatch):
    x = rng.random((400, 300))
    monkeypatch.setenv("RLRA_MEMORY", "20K")
    with pytest.raises(MemoryError, match=sentence):
        call(x)
    monkeypatch.delenv("RLRA_MEMORY")
    assert call(x) is not None


@pytest.mark.parametrize("dtype", ["complex64", "complex128", "longdouble", "object", "U3", "datetime64[s]"])
def test_types_without_numbers_are_refused_by_name(dtype):
    x = np.ones((6, 4)).astype(dtype) if dtype != "datetime64[s]" else np.zeros((6, 4), dtype)
    for call in (lambda: rlra.nmf(x, 2), lambda: rlra.nnls(np.ones((6, 2)), x), lambda: rlra.nnls(x, np.ones((6, 2))),
                 lambda: rlra.separable(x, 2)):
        with pytest.raises(TypeError, match=re.escape(str(np.dtype(dtype)))):
            call()


def test_starts_that_are_the_data_stay_as_they_are(rng):
    """Results are arrays of their own: what is given may share memory, and is only read."""
    block = rng.random((30, 30))
    before = block.copy()
    W, Y, start = block[:, :5], block[:, 3:20], block[:5, :17]
    result = rlra.nnls(W, Y, start=start)
    assert np.array_equal(block, before) and not np.shares_memory(result.X, block)
    np.testing.assert_array_equal(result.X, rlra.nnls(W.copy(), Y.copy(), start=start.copy()).X)
    model = rlra.nmf(block, 3, init=(block[:, :3], block[:, :3]), max_sweeps=500)
    assert np.array_equal(block, before) and not any(np.shares_memory(factor, block) for factor in model.factors)
