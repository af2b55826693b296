"""rlra itself, through its command line. The times are those of its trace.csv: without reading and writing files, but with making
and scaling the start and with the objective of every sweep."""

import csv
import os
import pathlib
import re
import subprocess
import time

import numpy as np

from contestants import Contestant
from race import Finished

POLL_SECONDS = 0.02


def environment(settings):
    """With --clock cpu its clock is that of the process, by the library that the bench compiled from clock.c."""
    return {**os.environ, "LD_PRELOAD": settings["clock_library"]} if settings["clock"] == "cpu" else None


def peak_of(command, env):
    """Run it, and return its largest resident memory in bytes, read from /proc while it runs: the number of wait4() also counts this
    process, which the new one is a copy of until it starts its program."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env)
    status = pathlib.Path(f"/proc/{process.pid}/status")
    peak = 0
    while process.poll() is None:
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        peak = max(peak, int(found[1]) * 1024 if found else 0)
        time.sleep(POLL_SECONDS)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{process.stderr.read()}")
    return peak


def fit(race, *options):
    settings = race.settings
    out = pathlib.Path(settings["scratch"]) / "rlra"
    command = [settings["binary"], "nmf" if race.data.ndim == 2 else "cp", settings["data_file"],
               "--rank", str(settings["rank"]),
               "--dtype", "f64" if race.data.dtype == np.float64 else "f32",
               "--loss", settings["loss"], "--tolerance", "0", "--decrease", "0",
               "--max-sweeps", str(race.max_sweeps), "--time-limit", str(race.limit),
               "--threads", str(settings["threads"]), "--out", str(out), "--quiet", *options]
    command += ["--init", settings["start_file"]] if settings["start_file"] else ["--seed", str(settings["seed"])]
    if settings["free"]:
        command += [word for mode in range(race.data.ndim) for word in ("--prior", f"{mode}:none")]
    race.extra["peak_bytes_over_data"] = peak_of(command, environment(settings)) / race.data_bytes
    with open(out / "trace.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    with np.load(out / "factors.npz") as archive:
        factors = [archive[f"factor_{n}"] for n in range(race.data.ndim)]
        factors[0] = factors[0] * archive["weights"]
    race.trace(*([float(row[key]) for row in rows] for key in ("sweep", "seconds", "objective")), factors)
    raise Finished


def steady(rounds, switch):
    """A fixed number of rounds on each block, or as many as the solver chooses (0); extrapolation on or off."""
    name = f"rlra-{rounds or 'auto'}-{switch}"
    options = ("--inner-sweeps", str(rounds), "--extrapolate", switch)
    return Contestant(name, "any", lambda race: fit(race, *options), standard=False, losses=LOSSES, sparse=True)


LOSSES = ("frobenius", "kl", "is")
CONTESTANTS = [
    Contestant("rlra", "any", fit, losses=LOSSES, sparse=True, free=None),
    Contestant("rlra-plain", "any", lambda race: fit(race, "--inner-sweeps", "1", "--extrapolate", "off"), losses=LOSSES,
               sparse=True),
    Contestant("rlra-mu", "any", lambda race: fit(race, "--update", "mu"), standard=False, losses=LOSSES, sparse=True),
    Contestant("rlra-ls", "any", lambda race: fit(race, "--update", "ls"), sparse=True, free=True),
    Contestant("rlra-ccd", "any", lambda race: fit(race, "--update", "ccd"), losses=("kl", "is"), sparse=True),
] + [steady(rounds, switch) for rounds in (0, 1, 2, 5, 10) for switch in ("off", "on")]
