# SPDX-License-Identifier: LGPL-2.1-or-later
"""CBOR as a tree that can be wrong: what a strict decoder must notice can be written here."""

MAJORS = range(8)
NUMBERS = (0, 1, 23, 24, 255, 256, 65535, 65536, (1 << 31) - 1, 1 << 32, (1 << 63) - 1, 1 << 63,
           (1 << 64) - 1)


class Node:
    """.value: number, bytes of a string, or children (a map's keys and values in turn)."""

    def __init__(self, major, value, argument=None):
        self.major, self.value = major, value
        self.argument = argument  # of a tag; of a head that lies
        self.wider = 0            # steps by which the head is longer than needed
        self.indefinite = False

    def head(self, number):
        sizes = (0, 1, 2, 4, 8)
        need = next((at for at, limit in enumerate((24, 1 << 8, 1 << 16, 1 << 32, 1 << 64))
                    if number < limit), 4)
        size = sizes[min(need + self.wider, 4)]
        if self.indefinite:
            return bytes([self.major << 5 | 31])
        if size == 0:
            return bytes([self.major << 5 | number])
        return bytes([self.major << 5 | 23 + sizes.index(size)]) + number.to_bytes(size, 'big')

    def count(self):
        if self.argument is not None:
            return self.argument
        if isinstance(self.value, int):
            return self.value
        return len(self.value) // (2 if self.major == 5 else 1)

    def encode(self):
        if isinstance(self.value, int):
            return self.head(self.count())
        if isinstance(self.value, bytes):
            return self.head(self.count()) + self.value
        inside = b''.join(child.encode() for child in self.value)
        return self.head(self.count()) + inside + (b'\xff' if self.indefinite else b'')

    def all(self):
        found = [self]
        for node in found:
            if isinstance(node.value, list):
                found.extend(node.value)
        return found


def read(data, at=0):
    """The tree of a well-formed document, and where it ends."""
    major, low = data[at] >> 5, data[at] & 31
    size = (1 << (low - 24)) if low >= 24 else 0
    number = int.from_bytes(data[at + 1:at + 1 + size], 'big') if size else low
    at += 1 + size
    if major in (0, 1, 7):
        return Node(major, number), at
    if major in (2, 3):
        return Node(major, data[at:at + number]), at + number
    children = []
    for _ in range({4: number, 5: 2 * number, 6: 1}[major]):
        child, at = read(data, at)
        children.append(child)
    return Node(major, children, number if major == 6 else None), at


def change_children(lot, node):
    children, what = node.value, lot.randrange(5)
    if not children or what == 0:
        children.insert(lot.randint(0, len(children)), Node(0, lot.choice(NUMBERS)))
        return
    one, two = lot.randrange(len(children)), lot.randrange(len(children))
    if what == 1:
        children[one], children[two] = children[two], children[one]
    elif what == 2:
        del children[one]
    elif what == 3:
        children.insert(two, children[one])
    else:
        children[one] = children[two]


def change_string(lot, node):
    data, at = bytearray(node.value), lot.randint(0, len(node.value))
    what = lot.randrange(4)
    if what == 0 and at < len(data):
        data[at] ^= 1 << lot.randrange(8)
    elif what == 1:
        del data[at:]
    elif what == 2:
        data[at:at] = lot.randbytes(lot.choice((1, 2, 8, 64)))
    else:
        data[at:at] = lot.choice((b'\0', b'\x7f', b'\xc3\xa9', b'\xed\xa0\x80', b'\xff', b'\xc2\x85'))
    node.value = bytes(data)


def change(lot, node):
    """One thing about one node; the tree may not be CBOR afterwards."""
    what = lot.randrange(10)
    if what == 0:
        node.wider = lot.randint(1, 4)
    elif what == 1:
        node.major = lot.choice(MAJORS)
    elif what == 2 and not isinstance(node.value, int):
        node.argument = max(0, node.count() + lot.choice((-1, 1, 2, 100, 1 << 32)))
    elif what == 3:
        node.indefinite = True
    elif what == 4:
        node.major, node.value, node.argument = 7, lot.choice((20, 21, 22, 23)), None
    elif isinstance(node.value, int):
        node.value = lot.choice((*NUMBERS, node.value + 1, max(0, node.value - 1)))
    elif isinstance(node.value, bytes):
        change_string(lot, node)
    else:
        change_children(lot, node)


def mutate_tree(lot, data):
    """CBOR-level: one to three changes, mostly one."""
    tree = read(data)[0]
    for _ in range(lot.choice((1, 1, 1, 2, 3))):
        change(lot, lot.choice(tree.all()))
    try:
        return tree.encode()
    except OverflowError:  # a number no head can hold
        return mutate_tree(lot, data)


def mutate_bytes(lot, data):
    data = bytearray(data)
    for _ in range(lot.choice((1, 1, 2, 4))):
        at, what = lot.randint(0, len(data)), lot.randrange(4)
        if what == 0 and at < len(data):
            data[at] ^= 1 << lot.randrange(8)
        elif what == 1:
            del data[at:at + lot.choice((1, 2, 16))]
        elif what == 2:
            data[at:at] = lot.randbytes(lot.choice((1, 2, 16)))
        elif at < len(data):
            data[at] = lot.choice((0, 0x1f, 0x5f, 0x7f, 0x9f, 0xbf, 0xf6, 0xff))
    return bytes(data)
