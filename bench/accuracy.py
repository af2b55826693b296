"""How exact rlra is: relative errors on exactly low-rank data, and spectral angles on a scene with a reference library.

usage: bench/accuracy.py [--binary build/rlra] [--scene SCENE.mat[:Y] --library LIBRARY.mat] [-- OPTIONS OF rlra unmix]
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import scipy.io
import scipy.optimize

from race import objective

SHAPE, RANK = (30, 31, 32), 3
LIMITS = {"f64": 1e-13, "f32": 2e-6}
DTYPES = {"f64": np.float64, "f32": np.float32}
SEEDS = 5


def exact_tensor(dtype):
    """A matrix of rank 3 up to the rounding of its entries: factors of few bits, so that every entry is exact in f64 and in f32."""
    rng = np.random.default_rng(3)
    factors = [rng.integers(0, 32, (length, RANK)) / 32 for length in SHAPE]
    return np.einsum("ir,jr,kr->ijk", *factors).astype(dtype)


def relative_error(data, factors):
    """The relative error in double precision, from the residual."""
    return np.sqrt(2 * objective(data.astype(np.float64), factors)) / np.linalg.norm(data.astype(np.float64))


def read_factors(folder):
    with np.load(folder / "factors.npz") as archive:
        names = sorted(name for name in archive.files if name.startswith("factor_"))
        factors = [archive[name].astype(np.float64) for name in names]
        return [factors[0] * archive["weights"].astype(np.float64)] + factors[1:]


def run_rlra(binary, *arguments):
    done = subprocess.run([binary, *arguments, "--quiet"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"accuracy: {binary} {' '.join(arguments)}\n{done.stderr}")


def exact_by_rlra(binary, dtype, seed, scratch):
    data = exact_tensor(DTYPES[dtype])
    np.save(scratch / "exact.npy", data)
    run_rlra(binary, "cp", str(scratch / "exact.npy"), "-r", str(RANK), "--dtype", dtype, "--seed", str(seed),
             "--tolerance", "0", "--decrease", "0", "--max-sweeps", "20000", "-o", str(scratch / "exact"))
    run = json.loads((scratch / "exact" / "run.json").read_text())
    return run["relative_error"], relative_error(data, read_factors(scratch / "exact")), run["sweeps"], run["stop"]


def exact_by_tensorly(dtype, seed):
    from tensorly.decomposition import non_negative_parafac_hals

    data = exact_tensor(DTYPES[dtype])
    model, errors = non_negative_parafac_hals(data, RANK, n_iter_max=20000, init="random", random_state=seed, tol=1e-16,
                                              return_errors=True)
    factors = [factor.astype(np.float64) for factor in model[1]]
    factors[0] = factors[0] * model[0]
    return float(errors[-1]), relative_error(data, factors), len(errors), "own rule"


def report_exact(binary):
    print(f"exactly rank {RANK}, {' x '.join(map(str, SHAPE))}: relative error, reported and true")
    worst_is_good = True
    with tempfile.TemporaryDirectory() as scratch:
        for dtype in DTYPES:
            for seed in range(SEEDS):
                reported, true, sweeps, stop = exact_by_rlra(binary, dtype, seed, pathlib.Path(scratch))
                good = max(reported, true) <= LIMITS[dtype]
                worst_is_good &= good
                print(f"  rlra     {dtype} seed {seed}: {reported:.2e} {true:.2e}  {sweeps} sweeps, stopped by {stop}"
                      + ("" if good else f"  ABOVE {LIMITS[dtype]:g}"))
            reported, true, sweeps, stop = exact_by_tensorly(dtype, 0)
            print(f"  tensorly {dtype} seed 0: {reported:.2e} {true:.2e}  {sweeps} sweeps")
    return worst_is_good


def angles(spectra, others):
    """The angle between every column of one matrix and every column of the other, in radians."""
    unit = spectra / np.maximum(np.linalg.norm(spectra, axis=0), np.finfo(float).tiny)
    units = others / np.maximum(np.linalg.norm(others, axis=0), np.finfo(float).tiny)
    return np.arccos(np.clip(unit.T @ units, -1.0, 1.0))


def library_classes(path):
    """Class names and their spectra (bands x count): the variables lib1, lib2, .. and material_names."""
    library = scipy.io.loadmat(path, squeeze_me=True)
    names = [str(name) for name in np.atleast_1d(library["material_names"])]
    return names, [np.atleast_2d(library[f"lib{index + 1}"]) for index in range(len(names))]


def assigned(endmembers, names, classes):
    """The assignment of least total angle that uses each class once; for the nearest and for the mean spectrum of a class."""
    nearest = np.stack([angles(endmembers, spectra).min(axis=1) for spectra in classes], axis=1)
    mean = np.stack([angles(endmembers, spectra.mean(axis=1, keepdims=True))[:, 0] for spectra in classes], axis=1)
    lines = {}
    for kind, table in (("nearest", nearest), ("mean", mean)):
        components, chosen = scipy.optimize.linear_sum_assignment(table)
        lines[kind] = (float(table[components, chosen].mean()),
                       {names[c]: round(float(table[k, c]), 4) for k, c in zip(components, chosen)})
    return lines


def print_angles(who, lines):
    for kind, (mean, parts) in lines.items():
        print(f"  {who:24} to the {kind:7} spectrum of a class: {mean:.4f} rad  {parts}")


def report_scene(binary, scene, library, options):
    names, classes = library_classes(library)
    bands = classes[0].shape[0]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "scene"
        run_rlra(binary, "unmix", scene, "-r", str(len(names)), "-o", str(folder), *options)
        factors = read_factors(folder)
        seconds = json.loads((folder / "run.json").read_text())["seconds"]
    print(f"{scene}: mean spectral angle of {len(names)} components, {seconds:.3g} s")
    endmembers = next((factor for factor in factors if factor.shape[0] == bands), None)
    if endmembers is None:
        sys.exit(f"accuracy: no factor has {bands} rows, one for each band of {library}")
    print_angles("rlra unmix", assigned(endmembers, names, classes))
    path, _, variable = scene.partition(":")
    data = scipy.io.loadmat(path)[variable or "Y"].astype(np.float64)
    print_angles_of_sklearn(data, names, classes)


def print_angles_of_sklearn(data, names, classes):
    """Plain NMF, for comparison."""
    from sklearn.decomposition import NMF

    warnings.simplefilter("ignore")
    for seed in range(3):
        model = NMF(len(names), init="random", random_state=seed, max_iter=500)
        print_angles(f"sklearn NMF, random {seed}", assigned(model.fit_transform(data / data.max()), names, classes))


def main():
    parser = argparse.ArgumentParser(prog="bench/accuracy.py", description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="build/rlra")
    parser.add_argument("--scene", help="a .mat file with bands x pixels, FILE or FILE:NAME")
    parser.add_argument("--library", help="a .mat file with lib1, lib2, .. (bands x spectra) and material_names")
    parser.add_argument("options", nargs="*", help="behind --: more options of rlra unmix")
    arguments = parser.parse_args()
    good = report_exact(arguments.binary)
    if arguments.scene:
        if not arguments.library:
            sys.exit("accuracy: --scene needs --library")
        report_scene(arguments.binary, arguments.scene, arguments.library, arguments.options)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
