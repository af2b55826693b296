"""Draw fits from the registries of the program: small data, and a command line that fits them in 20 to 200 ms.

Families, commands and options are what `rlra list --json` prints, so that new members are drawn without being named here; only kinds
of data need a maker (`STORAGES`, `COMMANDS`), and one without it is an error.
"""
import json
import os
import re
import struct
import subprocess
from collections import namedtuple

# words: the command line without folders; folder: where its files are; focus: what had to be in it.
Fit = namedtuple("Fit", "command words rank sweeps starts members")

# Options that are drawn by themselves, below, or that have nothing to do with a fit of data from plain files.
APART = {"rank", "update", "init", "loss", "max_sweeps", "time_limit", "threads", "sparsity", "tolerance", "decrease", "holdout",
         "seed", "reach"}


def options_of(rlra, command):
    printed = subprocess.run([rlra, "help", command], capture_output=True, check=True, text=True).stdout
    return set(re.findall(r"^ +(?:-., )?--([a-z-]+)", printed, re.MULTILINE))


class Registry:
    def __init__(self, rlra):
        printed = json.loads(subprocess.run([rlra, "list", "--json"], capture_output=True, check=True).stdout)
        self.families, self.options = printed["families"], printed["options"]
        self.commands = [c["name"] for c in printed["commands"] if any(o["name"] == "checkpoint" for o in c["options"])]
        self.flags = {command: options_of(rlra, command) for command in self.commands}
        flags = {o["name"]: o for c in printed["commands"] for o in c["options"]}
        self.prior = flags["prior"]["default"].split()[0]
        missing = {m["name"] for m in self.families["data"]} - set(STORAGES) - ELSEWHERE
        missing |= set(self.commands) - set(COMMANDS)
        if missing:
            raise SystemExit(f"drawing.py: no maker of data for {sorted(missing)}: add one to STORAGES or COMMANDS")

    def names(self, family):
        return [member["name"] for member in self.families[family] if member["name"] not in ELSEWHERE]

    def focuses(self):
        """What has to be in some fit: all members of the families that a fit is made of, commands, and ways to hold data."""
        families = ("loss", "update", "penalty", "init", "data")
        return [(family, name) for family in families for name in self.names(family)] + \
            [("command", name) for name in self.commands] + [("way", name) for name in WAYS]


def npy(path, dims, numbers, single=False):
    kind = "f" if single else "d"
    header = f"{{'descr': '<f{4 if single else 8}', 'fortran_order': False, 'shape': {tuple(dims)}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack(f"<{len(numbers)}{kind}", *numbers))


def product(dims):
    count = 1
    for dim in dims:
        count *= dim
    return count


def planted(rng, dims, rank, zeros, signed):
    """Entries of a low-rank array and noise, row-major; a share of them is zero."""
    noise = rng.choice((0, 0.05, 0.5))
    rows = [[1.0] * rank]
    for dim in dims:
        factor = [[rng.random() if rng.random() < 0.7 else 0.0 for _ in range(rank)] for _ in range(dim)]
        rows = [[a * b for a, b in zip(row, other)] for row in rows for other in factor]
    low = -0.5 if signed else 0.01
    return [0.0 if rng.random() < zeros else sum(row) + noise * rng.random() + low for row in rows]


def dims_of(rng, order):
    most = {2: (150, 90), 3: (26, 22, 18), 4: (9, 10, 8, 7)}[order]
    return [rng.randint(m // 2, m) for m in most]


def coordinates(path, dims, numbers, rng, density, whole=False):
    """A sparse file: Matrix Market for matrices, else indices and a value in each line. Returns the places."""
    places = [k for k in range(len(numbers)) if rng.random() < density] or [0]
    with open(path, "w") as file:
        if len(dims) == 2:
            file.write(f"%%MatrixMarket matrix coordinate real general\n{dims[0]} {dims[1]} {len(places)}\n")
        for k in places:
            index, rest = [], k
            for dim in reversed(dims):
                index.insert(0, str(rest % dim + 1))
                rest //= dim
            value = 1 + int(9 * abs(numbers[k])) if whole else numbers[k]
            file.write(f"{' '.join(index)} {value!r}\n")
        if len(dims) > 2 and len(numbers) - 1 not in places:
            file.write(f"{' '.join(map(str, dims))} 0.5\n")
    return places


def make_dense(rng, folder, way, order, zeros, signed, masked):
    dims, single, words = dims_of(rng, order), rng.random() < 0.35, []
    numbers = planted(rng, dims, rng.randint(2, 5), zeros, signed)
    if way == "stream":
        times = 300000 * (1 + single) // len(numbers) + 1
        dims[0], numbers = dims[0] * times, numbers * times
    if way == "mask":
        shape = dims[:masked]
        npy(os.path.join(folder, "mask.npy"), shape, [float(rng.random() < 0.85) for _ in range(product(shape))], single)
        words = ["--mask", "mask.npy", "--mask-means", "observed"]
    elif way == "weights":
        npy(os.path.join(folder, "weights.npy"), dims, [rng.choice((0, 1, 0.5, 2)) for _ in numbers], single)
        words = ["--weights", "weights.npy"]
    elif way == "nan":
        numbers = [float("nan") if rng.random() < 0.1 else x for x in numbers]
        words = ["--missing", "nan"]
    elif way == "stream":
        words = ["--memory-limit", f"{len(numbers) * (4 if single else 8) * 7 // 10000}K"]
    if way == "text" and order == 2:
        with open(os.path.join(folder, "data.csv"), "w") as file:
            for i in range(dims[0]):
                file.write(",".join(map(repr, numbers[i * dims[1]:(i + 1) * dims[1]])) + "\n")
        return ["data.csv"], words
    npy(os.path.join(folder, "data.npy"), dims, numbers, single)
    return ["data.npy"], words


def make_sparse(rng, folder, way, order, _zeros, signed, _masked):
    dims = dims_of(rng, order)
    numbers = planted(rng, dims, rng.randint(2, 5), 0, signed)
    name = "data.mtx" if order == 2 else "data.tns"
    places = coordinates(os.path.join(folder, name), dims, numbers, rng, 0.05 + 0.3 * rng.random(), rng.random() < 0.5)
    if way == "unstored" or (way == "weights" and order == 2):
        if way == "weights":
            kept = set(places)
            ones = [rng.choice((0.5, 1, 2)) for _ in numbers]
            with open(os.path.join(folder, "weights.mtx"), "w") as file:
                file.write(f"%%MatrixMarket matrix coordinate real general\n{dims[0]} {dims[1]} {len(kept)}\n")
                for k in sorted(kept):
                    file.write(f"{k // dims[1] + 1} {k % dims[1] + 1} {ones[k]!r}\n")
        return [name], ["--missing", "unstored", *(["--weights", "weights.mtx"] if way == "weights" else [])]
    return [name], []


# How data are held, by the members of the family "data".
STORAGES = {"dense": (make_dense, (2, 3, 4)), "sparse": (make_sparse, (2,)), "sparse-tensor": (make_sparse, (3, 4))}
# Kinds of data that come of a way below, and one that has no files.
ELSEWHERE = {"observed", "observed-sparse", "windows", "implicit"}
# What else is done with them, and the option that it takes. Those with missing entries or weights may be held back by `reach`.
WAYS = {"plain": "out", "mask": "mask", "weights": "weights", "nan": "missing", "unstored": "missing", "stream": "memory-limit",
        "text": "out", "holdout": "holdout", "start file": "init", "starts": "starts", "f32": "dtype"}
GAPS = ("mask", "weights", "nan", "unstored", "holdout")
# Orders of arrays that a command takes, the storages, and how many modes its masks have.
COMMANDS = {"nmf": ((2,), None, 2), "cp": ((2, 3, 4), None, 4), "topics": ((2,), None, 2), "unmix": ((3,), ("dense",), 2)}


def spec_of(rng, member, rank):
    """A penalty as it is written, with a weight that suits its kind; what does not suit is refused, and drawn anew."""
    words = member["properties"].split()
    if any(word.startswith("homogeneous") for word in words):
        return f"{member['name']}={rng.choice((0.001, 0.02, 0.3))}"
    if "bound" in words:
        return f"{member['name']}={rng.choice((-0.3, 0.01, 0.6, 2.5))}"
    if "nonconvex" in words:
        return f"{member['name']}={rng.randint(1, rank)}"
    return member["name"]


def draw_spec(rng, registry, rank, wanted):
    members = [m for m in registry.families["penalty"] if m["name"] == wanted or rng.random() < 0.12]
    specs = [spec_of(rng, m, rank) for m in members] + [registry.prior for _ in range(rng.random() < 0.6)]
    return ",".join(dict.fromkeys(specs)) or "none"


def draw_priors(rng, registry, factors, rank, wanted):
    """The default, the same for every factor, or one for each that has one."""
    way = rng.choice(("all", "each") if wanted else ("default", "all", "each"))
    if way == "default":
        return []
    common = draw_spec(rng, registry, rank, wanted)
    specs = [common if way == "all" else draw_spec(rng, registry, rank, wanted) for _ in range(factors)]
    return [w for n, spec in enumerate(specs) if way == "all" or rng.random() < 0.6 for w in ("--prior", f"{n}:{spec}")]


def draw_options(rng, registry, command, chosen):
    """Rows of the option table: choices, and numbers where what they need was chosen."""
    words = []
    for option in registry.options:
        name, needs = option["name"], option["needs"]
        key, _, values = needs.partition("=")
        if name in APART or (needs and chosen.get(key) not in values.split(",")) or rng.random() < 0.5:
            continue
        if name.replace("_", "-") not in registry.flags[command]:
            continue
        if option["kind"] == "name":
            value = rng.choice(option["choices"].split())
            chosen[name] = value
        elif option["kind"] == "int":
            value = rng.randint(int(option["least"]), int(min(option["most"], option["least"] + 6)))
        else:
            most = 3 if option["most"] is None else min(option["most"], 3)
            value = round(max(option["least"], 0) + rng.random() * (most - max(option["least"], 0)), 3)
        words += [f"--{name.replace('_', '-')}", str(value)]
    return words


def suits(command, storage):
    orders, storages, _ = COMMANDS[command]
    return set(orders) & set(STORAGES[storage][1]) and (storages is None or storage in storages)


def draw(rng, registry, folder, focus):
    """A fit whose files are put into the folder; it may be one that the program refuses."""
    kind, wanted = focus

    def pick(family, names, likely=None, part=0.3):
        if kind == family:
            return wanted
        return likely if likely is not None and rng.random() < part else rng.choice(names)

    commands = [c for c in registry.commands if kind != "way" or WAYS[wanted] in registry.flags[c]]
    storages = registry.names("data")
    if kind == "data":
        commands = [c for c in commands if suits(c, wanted)]
    command = pick("command", commands)
    storage = pick("data", [name for name in storages if suits(command, name)], "dense", 0.5)
    storage = storage if suits(command, storage) else "dense"
    way = pick("way", [name for name, option in WAYS.items() if option in registry.flags[command]], "plain", 0.4)
    maker, orders = STORAGES[storage]
    order = rng.choice([n for n in orders if n in COMMANDS[command][0]])
    rank = 1 if kind == "init" and wanted == "rank_one" else rng.randint(1, 6)
    zeros, signed = rng.choice((0, 0, 0.3)), rng.random() < 0.08
    data, words = maker(rng, folder, way, order, zeros, signed, COMMANDS[command][2])
    loss = pick("loss", registry.names("loss"), "frobenius", 0.4)
    update = pick("update", registry.names("update"), "auto", 0.3)
    init = pick("init", registry.names("init"), "auto", 0.4)
    words += ["--loss", loss, "--update", update, "--seed", str(rng.randint(0, 99))]
    words += ["--init", "start.npz" if init == "model" or way == "start file" else init]
    chosen = {"loss": loss, "update": update, "holdout": ""} if way == "holdout" else {"loss": loss, "update": update}
    words += draw_options(rng, registry, command, chosen)
    words += ["--reach", "inf"] if way in GAPS and "reach" in registry.flags[command] and rng.random() < 0.2 else []
    factors = order if COMMANDS[command][2] >= order else 2
    words += draw_priors(rng, registry, factors, rank, wanted if kind == "penalty" else None)
    words += ["--dtype", "f32"] if way == "f32" else []
    words += ["--floor", "0.01"] if {"floor"} <= registry.flags[command] and storage == "dense" and rng.random() < 0.2 else []
    words += ["--holdout", "0.1"] if way == "holdout" else []
    starts = rng.randint(2, 3) if way == "starts" else 1
    words += ["--starts", str(starts)] if starts > 1 else []
    sweeps = int(10 ** rng.uniform(0.7, 1.6 if way == "stream" else 2.3))
    if rng.random() < 0.7:
        words += ["--tolerance", "0", "--decrease", "0"]
    words = [command, *data, "-r", str(rank), "--max-sweeps", str(sweeps), *words]
    members = {("command", command), ("data", storage), ("way", way), ("loss", loss), ("update", update), ("init", init)}
    members |= {("penalty", name) for name in registry.names("penalty") if any(name in w for w in words[1:])}
    return Fit(command, words, rank, sweeps, starts, members)
