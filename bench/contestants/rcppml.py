"""RcppML, the R package (Debian: r-cran-rcppml), in a process of Rscript: NMF by alternating exact least squares with coordinate
descent. It begins with random factors of its own, has no callback and a diagonal between the factors; runs of 1, 2, .. sweeps are
timed within R, by its own clock, and what a run costs beside its sweeps is taken off."""

import pathlib
import shutil
import subprocess

import numpy as np
import scipy.sparse

from contestants import Contestant

SCRIPT = pathlib.Path(__file__).with_suffix(".R")


def probe():
    """Importing this module fails where R or the package is missing, so that the contestant is left out and the bench says why."""
    if shutil.which("Rscript") is None:
        raise ImportError("there is no Rscript (Debian: r-cran-rcppml)")
    if subprocess.run(["Rscript", "-e", "library(RcppML)"], capture_output=True, check=False).returncode != 0:
        raise ImportError("R has no package RcppML (Debian: r-cran-rcppml)")


probe()


def write(race, folder):
    """The data as R reads them: column-major numbers, or compressed columns."""
    if scipy.sparse.issparse(race.data):
        columns = race.data.tocsc()
        columns.data.astype(np.float64).tofile(folder / "values")
        columns.indices.astype(np.int32).tofile(folder / "rows")
        columns.indptr.astype(np.int32).tofile(folder / "begins")
    else:
        race.data.T.astype(np.float64).tofile(folder / "values")


def fit(race):
    folder = pathlib.Path(race.settings["scratch"]) / "rcppml"
    folder.mkdir()
    write(race, folder)
    rows, columns = race.data.shape
    rank, is_sparse = race.start[0].shape[1], scipy.sparse.issparse(race.data)
    command = ["Rscript", str(SCRIPT), str(folder), str(rows), str(columns), str(rank), str(int(is_sparse)),
               str(race.settings["threads"]), race.settings["clock"]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def run(sweeps):
            print(sweeps, file=process.stdin, flush=True)
            answer = process.stdout.readline()
            if not answer:
                raise RuntimeError("Rscript ended early")
            w = np.fromfile(folder / "w").reshape(rank, rows).T
            h = np.fromfile(folder / "h").reshape(columns, rank)
            return float(answer), [w, h]

        short, long = run(1)[0], run(3)[0]
        try:
            race.series(run, max(short - (long - short) / 2, 0.0))
        finally:
            process.stdin.close()


CONTESTANTS = [Contestant("rcppml", "matrix", fit, dtypes=("f64",), sparse=True)]
