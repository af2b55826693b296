"""The build backend: scikit-build-core, but a source distribution also gets the C library, which lies above this folder.

Wheels are built from the repository as it is. A source distribution is put together in a folder of its own, with the
library's sources in `library/`, and is then like any other project of scikit-build-core.
"""
import contextlib
import os
import pathlib
import shutil
import tempfile

from scikit_build_core.build import (  # noqa: F401
    build_editable,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)
from scikit_build_core import build as backend

LIBRARY = ["CMakeLists.txt", "LICENSE", "THIRD_PARTY", "cmake", "include", "src"]
PROJECT = pathlib.Path(__file__).resolve().parent.parent


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    else:
        shutil.copy2(source, target)


@contextlib.contextmanager
def _staged():
    """A folder with the project and the library, as the working directory."""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as room:
        stage = pathlib.Path(room) / "rlra"
        _copy(PROJECT, stage)
        if not (stage / "library").exists():
            for name in LIBRARY:
                _copy(PROJECT.parent / name, stage / "library" / name)
        os.chdir(stage)
        try:
            yield
        finally:
            os.chdir(here)


def build_sdist(sdist_directory, config_settings=None):
    target = os.path.abspath(sdist_directory)
    with _staged():
        return backend.build_sdist(target, config_settings)
