"""Zip archives of all kinds: those that Python's zipfile can read are read to the same numbers, hostile ones are refused by name.

usage: archives.py RLRA
"""
import io
import os
import random
import struct
import sys
import tempfile
import time
import zipfile
import zlib

from arrays import Program, mat, mat_array, mat_struct, npy, npz

rlra = Program(sys.argv[1])


def put(path, content):
    with open(path, "wb") as file:
        file.write(content)
    return path


def drawn(seed, path):
    """An archive that Python writes, with what it can vary; the sums of its arrays by name."""
    random.seed(seed)
    sums, stream = {}, io.BytesIO()

    class Pipe(io.RawIOBase):
        """Cannot seek: sizes stand behind the members."""

        def writable(self):
            return True

        def write(self, content):
            return stream.write(content)

    with zipfile.ZipFile(random.choice([stream, Pipe()]), "w") as archive:
        for k in range(random.randint(1, 12)):
            name = random.choice(["a", "n\u00e4me", "group/", "x y", "\u6f22"]) + str(k)
            values = [random.random() for _ in range(random.choice([1, 7, 300, 9000]))]
            about = zipfile.ZipInfo(name + ".npy")
            about.compress_type = random.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
            about.extra = random.choice([b"", struct.pack("<HH4s", 0x5455, 4, b"abcd"), b"\0" * 7])
            about.comment = random.choice([b"", b"PK\5\6 in a comment"])
            with archive.open(about, "w", force_zip64=random.random() < 0.3) as member:
                member.write(npy(values))
            sums[name] = sum(values) / len(values)
        if random.random() < 0.3:
            archive.writestr("notes.txt", "not an array")
        archive.comment = random.choice([b"", b"hello", b"x" * 65535, b"PK\5\6" + b"\0" * 18])
    content = stream.getvalue()
    if random.random() < 0.2:
        other = io.BytesIO()
        with zipfile.ZipFile(other, "w") as archive:
            archive.writestr("other.npy", npy([0.0]))
        content = other.getvalue() + content
    put(path, content)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    return sums


def check_sound(folder):
    path = os.path.join(folder, "drawn.npz")
    for seed in range(60):
        sums = drawn(seed, path)
        done = rlra.run("info", path)
        rlra.expect(f"archive {seed} is read", done.returncode == 0, done.stderr)
        means = {}
        for line in done.stdout.splitlines()[2:]:
            cells = [cell for cell in line.split("  ") if cell]
            if len(cells) == 10:
                means[cells[0].strip()] = float(cells[4])
        rlra.expect(f"archive {seed} has its numbers", means.keys() == sums.keys() and
                    all(abs(means[k] - sums[k]) < 1e-5 for k in sums), means, sums)


def changed(content, old, new, which=0):
    """The same bytes with the occurrence `which` of some exchanged."""
    at = -1
    for _ in range(which + 1):
        at = content.index(old, at + 1)
    return content[:at] + new + content[at + len(old):]


def many_overlap(count):
    """Members that all have the bytes of one: small, and long once it is unpacked."""
    body = zlib.compress(npy([0.0] * 12500, (12500,)), 9)[2:-4]
    crc, size = zlib.crc32(npy([0.0] * 12500, (12500,))), len(npy([0.0] * 12500, (12500,)))
    local, central = b"", b""
    for k in range(count):
        name = b"m%04d.npy" % k
        if k == 0:
            local = struct.pack("<IHHHHHIIIHH", 0x04034b50, 20, 0, 8, 0, 33, crc, len(body), size, len(name), 0) + name + body
        central += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014b50, 20, 20, 0, 8, 0, 33, crc, len(body), size, len(name), 0,
                               0, 0, 0, 0, 0) + name
    return local + central + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, count, count, len(central), len(local), 0)


def check_overlap(folder):
    path = put(os.path.join(folder, "overlap.npz"), many_overlap(2000))
    rlra.expect("it is as small as it should be", os.path.getsize(path) < 120_000, os.path.getsize(path))
    begin = time.monotonic()
    rlra.refused(["info", path], "'m[0-9]+.npy' overlaps 'm[0-9]+.npy'")
    rlra.expect("overlapping members are refused at once", time.monotonic() - begin < 1, time.monotonic() - begin)
    # A member that goes into the one behind it, and one that goes into the directory.
    npz(path, {"a": npy([1.0] * 20), "b": npy([2.0] * 20)})
    sound = open(path, "rb").read()
    size = len(npy([1.0] * 20))
    central = sound.index(b"PK\1\2")
    for which, part in ((0, "'a.npy' overlaps 'b.npy'"), (1, "'b.npy' overlaps the directory")):
        at = sound.index(b"PK\1\2", central + which)
        longer = struct.pack("<II", size + 300, size + 300)
        put(path, sound[:at + 20] + longer + sound[at + 28:])
        rlra.refused(["info", path], part)
    # The local header has room for a field that reaches into the next member.
    put(path, sound[:28] + struct.pack("<H", 60) + sound[30:])
    rlra.refused(["info", path], "'a.npy' is damaged: it overlaps|overlaps the member that follows")
    put(path, changed(sound, struct.pack("<I", sound.index(b"PK\3\4", 4)), struct.pack("<I", central)))
    rlra.refused(["info", path], "'b.npy' lies outside, or in the directory")


def check_refused(folder):
    path = os.path.join(folder, "refused.npz")
    npz(path, {"a": npy([1.0, 2.0, 3.0]), "bb": npy([4.0] * 9)})
    sound = open(path, "rb").read()
    rlra.prints(["info", path], "bb +9 ")
    central, end = sound.index(b"PK\1\2"), sound.index(b"PK\5\6")

    def variant(part, content):
        rlra.refused(["info", put(path, content)], part)

    for cut in (1, 10, 21, 22, 30, len(sound) - central, len(sound) - 40):
        variant("no sound zip archive|too short|truncated", sound[:-cut])
    flags = struct.pack("<H", struct.unpack_from("<H", sound, central + 8)[0] | 1)
    variant("'[^']*:a.npy' is encrypted", sound[:central + 8] + flags + sound[central + 10:])
    for method, name in ((12, "bzip2"), (14, "lzma"), (93, "zstd"), (9, "deflate64"), (77, "unknown")):
        variant(f"method {method} \\({name}\\)", sound[:central + 10] + struct.pack("<H", method) + sound[central + 12:])
    variant("own header and the directory .* do not agree", changed(sound, b"a.npy", b"z.npy"))
    variant("own header and the directory .* do not agree", changed(sound, b"a.npy", b"z.npy", 1))
    variant("own header and the directory .* do not agree", sound[:14] + b"\1\2\3\4" + sound[18:])
    variant("own header and the directory .* do not agree", sound[:18] + struct.pack("<I", 7) + sound[22:])
    crc = struct.pack("<I", zlib.crc32(npy([1.0, 2.0, 3.0])))
    variant("checksum", changed(changed(sound, crc, b"\1\2\3\4"), crc, b"\1\2\3\4"))
    variant("split: join them", sound[:end + 4] + b"\1\0" + sound[end + 6:])
    variant("split: join them", sound[:end + 8] + b"\1\0" + sound[end + 10:])
    variant("split: join them", sound[:central + 34] + b"\1\0" + sound[central + 36:])
    variant("does not fit into the file", sound[:end + 16] + b"\xff\xff\xff\x7f" + sound[end + 20:])
    variant("does not fit|too short", sound[:end + 12] + b"\xff\xff\xff\x7f" + sound[end + 16:])
    variant("directory is too short for its members", sound[:end + 8] + b"\xff\x7f\xff\x7f" + sound[end + 12:])
    variant("more in it than its members", sound[:end + 8] + b"\1\0\1\0" + sound[end + 12:])
    variant("entry 1 of its directory is damaged", sound[:central] + b"XXXX" + sound[central + 4:])
    variant("entry 1 of its directory is damaged", changed(sound, b"a.npy", b"a\0npy", 1))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", npy([1.0]))
        archive.writestr("b.npy", npy([1.0]))
    variant("two members called 'a.npy'", open(path, "rb").read().replace(b"b.npy", b"a.npy"))
    # What 100 packed bytes cannot be, and bytes that end before or behind what the directory declares.
    npz(path, {"a": npy([0.0] * 1000)}, zipfile.ZIP_DEFLATED)
    packed = open(path, "rb").read()
    size = len(npy([0.0] * 1000))
    for wrong, part in ((1 << 30, "cannot be packed"), (size - 8, "more bytes than"), (size + 8, "fewer bytes than")):
        content = packed.replace(struct.pack("<I", size), struct.pack("<I", wrong))
        variant(part + "|announces", content)
    at = packed.index(b"a.npy") + 40
    variant("is damaged", packed[:at] + bytes(b ^ 255 for b in packed[at:at + 4]) + packed[at + 4:])


def check_reported(folder):
    path = os.path.join(folder, "names.npz")
    npz(path, {"a": npy([1.0, 2.0, 3.0])})
    sound = open(path, "rb").read()
    rlra.prints(["info", put(path, sound + b"\0" * 100)], "100 bytes behind the zip archive are left out")
    rlra.prints(["info", put(path, sound + sound)], f"{len(sound)} bytes before the zip archive are left out")
    npz(path, {"a": npy([1.0]), "n" * 300: npy([1.0])})
    rlra.prints(["info", path], "its name has 300 bytes, expected fewer than 256")
    rlra.refused(["info", put(os.path.join(folder, "program.npz"), b"#!/bin/sh\nexit\n\0" + sound)], "none of the known")
    # Names that are no UTF-8 stay what they are, and no byte of them reaches the terminal.
    put(path, changed(changed(sound, b"a.npy", b"\x81.npy"), b"a.npy", b"\x81.npy"))
    rlra.prints(["info", path], " 3 ")


def check_depth(folder):
    """Structs that lie in each other: as deep as they are read, and what is deeper is reported."""
    path = os.path.join(folder, "deep.mat")
    for depth, part in ((16, r"s(\.f){16} +1 x 2 +float64"), (17, "are left out: more than 16 structs lie in each other")):
        inner = mat_array("", [1.0, 2.0], 1, 2)
        for _ in range(depth - 1):
            inner = mat_struct("", [("f", inner)])
        for packed in (False, True):
            mat(path, [mat_struct("s", [("f", inner)]), mat_array("x", [1.0, 2.0], 1, 2)], packed)
            rlra.prints(["info", path], part)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        check_sound(work)
        check_overlap(work)
        check_refused(work)
        check_reported(work)
        check_depth(work)
    print(f"{rlra.failures} failures")
    sys.exit(rlra.failures > 0)
