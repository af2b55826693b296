"""What fits return: factors, weights, report and trace."""
from __future__ import annotations

import dataclasses
import json
import os
from typing import TYPE_CHECKING

import numpy as np

from rlra import _page
from rlra._core import lib
from rlra._library import Context
from rlra._models import FilledModel
from rlra._reports import Report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from typing_extensions import Self

    from rlra._types import PathLike


@dataclasses.dataclass(repr=False, eq=False)
class Result:
    """A low-rank model and how it was found; unpacks as ``weights, factors``.

    The model is ``sum_k weights[k] * outer(factors[0][:, k], factors[1][:, k], ..)``, of a matrix
    ``(factors[0] * weights) @ factors[1].T``.

    Attributes
    ----------
    weights : ndarray of shape (rank,)
    factors : list of ndarray of shape (length of the mode, rank)
    report : Report
        Error, objective, KKT residual, why the fit stopped, ..
    trace : structured ndarray
        One row for each sweep: start, sweep, seconds, objective, relative_error, kkt_residual,
        escapes.
    options : dict
        All options in force.
    priors : list of str
        One for each factor.
    task : str
        The function that made it.
    """

    weights: np.ndarray
    factors: list[np.ndarray]
    report: Report
    trace: np.ndarray
    options: dict[str, Any]
    priors: list[str]
    task: str

    def __iter__(self) -> Iterator[Any]:
        return iter((self.weights, self.factors))

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Any:
        return (self.weights, self.factors)[index]

    @property
    def rank(self) -> int:
        """Number of components."""
        return len(self.weights)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data."""
        return tuple(len(factor) for factor in self.factors)

    def __repr__(self):
        size = " x ".join(map(str, self.shape))
        report = self.report
        return (f"<rlra.{type(self).__name__} of {self.task}: {size}, rank {self.rank}, {self.weights.dtype}; "
                f"relative error {report.relative_error:.6g}, KKT residual {report.kkt_residual:.3g}, "
                f"{report.sweeps} sweeps in {report.seconds:.3g} s, "
                f"{self._escapes()}stop: {report.stop}>")

    def _escapes(self):
        tried = self.report.escapes
        return f"{self.report.escapes_kept} of {tried} escapes kept, " if tried else ""

    def reconstruct(self) -> np.ndarray:
        """The model's values, as a dense array of the shape of the data."""
        lead = self.factors[0] * self.weights
        for factor in self.factors[1:-1]:
            lead = (lead[:, None, :] * factor).reshape(-1, self.rank)
        return (lead @ self.factors[-1].T).reshape(self.shape)

    def normalised(self) -> Self:
        """The same model with columns of norm one, their scales in the weights, sorted by falling weight."""
        with Context() as context, FilledModel(context, self.factors, self.weights) as model:
            context.check(lib.rlra_model_normalise(model.pointer))
            return dataclasses.replace(self, weights=model.weights(), factors=model.factors())

    def to_html(self, path: PathLike | None = None) -> str | None:
        """The report as one HTML page that opens without a network.

        Parameters
        ----------
        path : path-like, optional
            Where to write it; without it the page is returned as a str.
        """
        if path is not None:
            _page.write(self, os.fspath(path))
            return None
        import tempfile  # here alone and in save(), as imports take time

        with tempfile.TemporaryDirectory() as room:
            file = os.path.join(room, "report.html")
            _page.write(self, file)
            with open(file, encoding="utf-8") as page:
                return page.read()

    def _arrays(self):
        arrays = {f"factor_{n}": factor for n, factor in enumerate(self.factors)}
        return {**arrays, "weights": self.weights, "trace": self.trace, **self._own()}

    def _own(self):
        """Arrays that only this kind of result has."""
        return {}

    def _record(self):
        """What is no array."""
        return {"report": dataclasses.asdict(self.report), "options": self.options, "priors": self.priors,
                "task": self.task}

    @classmethod
    def _from(cls, file, record):
        """Add what `_own` gave to the fields that are no arrays."""
        return record

    def save(self, path: PathLike) -> None:
        """Write to a .npz file, from which `load` reads; the command line takes it as a start.

        The file is written under another name and then renamed.
        """
        import tempfile

        path = os.path.abspath(os.fspath(path))
        handle, name = tempfile.mkstemp(suffix=".npz", dir=os.path.dirname(path))
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **self._arrays(), record=np.array(json.dumps(self._record())))
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read what `save` of the same kind of result wrote."""
        with np.load(os.fspath(path), allow_pickle=False) as file:
            if "record" not in file:
                raise ValueError(f"{os.fspath(path)} was not written by save(): it has no array 'record'")
            record = json.loads(str(file["record"]))
            count = sum(name.startswith("factor_") for name in file.files)
            factors = [file[f"factor_{n}"] for n in range(count)]
            report = _report_from(record.pop("report"))
            return cls(file["weights"], factors, report, file["trace"], **cls._from(file, record))


def _report_from(saved):
    """A report of what an earlier version may have saved: fields that it did not know are None."""
    names = [field.name for field in dataclasses.fields(Report)]
    return Report(**{name: saved.get(name) for name in names})
