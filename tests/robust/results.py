"""What stands in a folder of results: whole or not by its own record, and what of it does not change from run to run."""
import functools
import json
import os

MASK = 2**64 - 1
P1, P2, P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P4, P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
# Words of run.json that concern this run and not the result.
OF_THE_RUN = {"seconds", "timings", "files", "command_line", "threads", "threads_refused", "workspace_bytes", "checkpoint", "out", "log",
              "checkpoint-every", "resume"}


def rotl(x, by):
    return (x << by | x >> (64 - by)) & MASK


def lane(sum_, word):
    return rotl((sum_ + word * P2) & MASK, 31) * P1 & MASK


@functools.lru_cache(256)
def xxh64(data):
    """XXH64 with seed 0 (Collet), written down from its specification."""
    at, size = 0, len(data)
    if size >= 32:
        sums = [(P1 + P2) & MASK, P2, 0, -P1 & MASK]
        for at in range(0, size - 31, 32):
            sums = [lane(s, int.from_bytes(data[at + 8 * k:at + 8 * k + 8], "little")) for k, s in enumerate(sums)]
        at += 32
        total = sum(rotl(s, by) for s, by in zip(sums, (1, 7, 12, 18))) & MASK
        for s in sums:
            total = ((total ^ lane(0, s)) * P1 + P4) & MASK
    else:
        total = P5
    total = (total + size) & MASK
    while at + 8 <= size:
        total = (rotl(total ^ lane(0, int.from_bytes(data[at:at + 8], "little")), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= size:
        total = (rotl(total ^ int.from_bytes(data[at:at + 4], "little") * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        total = rotl(total ^ byte * P5 & MASK, 11) * P1 & MASK
    total = (total ^ total >> 33) * P2 & MASK
    total = (total ^ total >> 29) * P3 & MASK
    return total ^ total >> 32


assert xxh64(b"") == 0xEF46DB3751D8E999 and xxh64(b"abc") == 0x44BC2CF5AD770999


def content(folder):
    """All that stands in a folder, by name: bytes of files, None for folders; None where there is no folder."""
    if not os.path.isdir(folder):
        return None
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        found[name] = None
        if not os.path.isdir(path):
            with open(path, "rb") as file:
                found[name] = file.read()
    return found


def lacks(files, mine=(), hash_most=2**16):
    """What is wrong with a result by its own record, or None. Files beyond `hash_most` bytes are compared by their size."""
    if "run.json" not in files:
        return "there is no run.json"
    listed = json.loads(files["run.json"])["files"]
    if set(files) - {"run.json", *mine} != set(listed):
        return f"there are {sorted(files)}, the record lists {sorted(listed)}"
    for name, entry in listed.items():
        if len(files[name]) != entry["bytes"]:
            return f"{name} has {len(files[name])} bytes, the record lists {entry['bytes']}"
        if len(files[name]) <= hash_most and f"{xxh64(files[name]):016x}" != entry["xxh64"]:
            return f"{name} has another hash than the record lists"
    return None


def without(record, words):
    if isinstance(record, dict):
        return {k: without(v, words) for k, v in record.items() if k not in words}
    return [without(v, words) for v in record] if isinstance(record, list) else record


def timeless(files, mine=()):
    """What has to be the same, to the bit, in every run of a fit; None where there is no result."""
    kept = {}
    for name, data in (files or {}).items():
        if name in mine or name.endswith(".html"):
            continue
        if name == "run.json":
            data = json.dumps(without(json.loads(data), OF_THE_RUN))
        elif name == "trace.csv":
            data = [[w for k, w in enumerate(line.split(b",")) if k != 1] for line in data.splitlines()]
        kept[name] = data
    return kept or None
