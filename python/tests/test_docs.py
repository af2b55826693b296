"""Examples in the documentation run and give the printed results."""
import doctest
import importlib
import inspect
import pathlib
import pkgutil
import re

import pytest

import rlra

# Those that need a package which may be absent are tested with it.
MODULES = [module.name for module in pkgutil.iter_modules(rlra.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_run(name):
    try:
        module = importlib.import_module(f"rlra.{name}")
    except ImportError as missing:
        pytest.skip(str(missing))
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", rlra.__all__)
def test_all_that_is_public_is_documented(name):
    thing = getattr(rlra, name)
    text = inspect.getdoc(thing)
    assert len(text) > 20
    if inspect.isfunction(thing):
        headings = re.findall(r"^([\w, ]+) : ", text, re.M) + re.findall(r"^([\w, ]+)\n    See", text, re.M)
        described = {word for heading in headings for word in heading.split(", ")}
        assert set(inspect.signature(thing).parameters) <= described


GUIDES = pathlib.Path(__file__).resolve().parents[2] / "docs/guide"


@pytest.mark.parametrize(("page", "needs"), [("python.md", []), ("batch.md", []), ("python-sklearn.md", ["sklearn", "tensorly"])])
def test_code_of_the_guides_runs(page, needs, tmp_path, monkeypatch):
    for package in needs:
        pytest.importorskip(package)
    blocks = re.findall(r"^```python\n(.*?)^```", (GUIDES / page).read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) > 1
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks:
        exec(compile(block, page, "exec"), names)
