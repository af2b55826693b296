"""HDF5 files of many data sets as HDF5 1.6 and MATLAB 7.3 lay them down (symbol tables), written from the specification."""
import struct

UNDEFINED = 2**64 - 1
LEAF, INTERNAL = 4, 16  # half of the entries of a symbol table node, and of the children of a node of a tree
USER_BLOCK = 512  # of MATLAB's files
DOUBLE = struct.pack("<B3BIHH4BI", 0x11, 0x20, 0x3f, 0, 8, 0, 64, 52, 11, 0, 52, 1023)


def padded(content):
    return content + b"\0" * (-len(content) % 8)


def message(kind, content):
    content = padded(content)
    return struct.pack("<HHB3x", kind, len(content), 0) + content


def space(dims):
    return struct.pack("<BBB5x", 1, len(dims), 0) + struct.pack(f"<{len(dims)}Q", *dims)


def text_attribute(name, text):
    kind = struct.pack("<B3BI", 0x13, 0, 0, 0, len(text))
    name = name.encode() + b"\0"
    return message(0x0c, struct.pack("<BxHHH", 1, len(name), len(kind), 8) + padded(name) + padded(kind) + space(()) +
                   text.encode())


class File:
    """What has been written so far, behind the superblock; addresses count from its beginning."""

    def __init__(self, matlab):
        self.matlab, self.bytes = matlab, bytearray(96)

    def put(self, content):
        address = len(self.bytes)
        self.bytes += padded(content)
        return address

    def header(self, messages):
        body = b"".join(messages)
        return self.put(struct.pack("<BxHII4x", 1, len(messages), 1, len(body)) + body)

    def of_class(self, name):
        return [text_attribute("MATLAB_class", name)] if self.matlab else []

    def set(self, numbers):
        dims = (len(numbers), 1) if self.matlab else (len(numbers),)
        data = self.put(struct.pack(f"<{len(numbers)}d", *numbers))
        layout = struct.pack("<BBQQ", 3, 1, data, 8 * len(numbers))
        return self.header([message(1, space(dims)), message(3, DOUBLE), message(8, layout), *self.of_class("double")])

    def tree(self, level, children):
        """Pairs of an address and the offset of its last name, as nodes of a tree; returns the root's address."""
        nodes, before = [], 0
        for k in range(0, len(children), 2 * INTERNAL):
            part = children[k:k + 2 * INTERNAL]
            body = struct.pack("<Q", before) + b"".join(struct.pack("<QQ", *child) for child in part)
            room = 24 + 8 * (4 * INTERNAL + 1)
            content = b"TREE" + struct.pack("<BBHQQ", 0, level, len(part), UNDEFINED, UNDEFINED) + body
            nodes.append((self.put(content.ljust(room, b"\0")), part[-1][1]))
            before = part[-1][1]
        return nodes[0][0] if len(nodes) == 1 else self.tree(level + 1, nodes)

    def group(self, members, is_root=False):
        """Addresses of objects by name; returns the address of the group's header, and those of its tree and heap."""
        names, entries, offsets = bytearray(8), sorted(members.items(), key=lambda one: one[0].encode()), []
        for name, _ in entries:
            offsets.append(len(names))
            names += padded(name.encode() + b"\0")
        heap = self.put(b"HEAP" + struct.pack("<4xQQQ", len(names), 1, len(self.bytes) + 32) + names)
        leaves = []
        for k in range(0, len(entries), 2 * LEAF):
            part = list(zip(offsets[k:k + 2 * LEAF], entries[k:k + 2 * LEAF]))
            body = b"".join(struct.pack("<QQ24x", offset, one[1]) for offset, one in part)
            content = b"SNOD" + struct.pack("<BxH", 1, len(part)) + body
            leaves.append((self.put(content.ljust(8 + 80 * LEAF, b"\0")), part[-1][0]))
        tree = self.tree(0, leaves)
        messages = [message(0x11, struct.pack("<QQ", tree, heap)), *([] if is_root else self.of_class("struct"))]
        return self.header(messages), tree, heap

    def write(self, path, members):
        root, tree, heap = self.group(members, is_root=True)
        block = USER_BLOCK if self.matlab else 0
        self.bytes[:96] = (b"\x89HDF\r\n\x1a\n" + struct.pack("<8BHHI", 0, 0, 0, 0, 0, 8, 8, 0, LEAF, INTERNAL, 0) +
                           struct.pack("<QQQQ", block, UNDEFINED, len(self.bytes) + block, UNDEFINED) +
                           struct.pack("<QQI4xQQ", 0, root, 1, tree, heap))
        with open(path, "wb") as file:
            if self.matlab:
                file.write((b"MATLAB 7.3 MAT-file".ljust(124) + struct.pack("<H", 0x200) + b"IM").ljust(block, b"\0"))
            file.write(self.bytes)


def write_sets(path, count, groups=0, matlab=False):
    """Data sets a0, a1, .. of two numbers: all in the root, or in as many groups."""
    file = File(matlab)
    sets = {f"a{k}": file.set([1.0, k]) for k in range(count)}
    if groups > 0:
        each = count // groups
        names = list(sets)
        sets = {f"g{k}": file.group({name: sets[name] for name in names[k * each:(k + 1) * each]})[0]
                for k in range(groups)}
    file.write(path, sets)
