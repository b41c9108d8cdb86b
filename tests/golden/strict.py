# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/bundle.md, "Encoding": deterministic CBOR, and checks of values read from it."""

import hashlib
import io

import cbor2

MIB = 1024 * 1024
TEXT_MAX, ITEMS_MAX, DEPTH_MAX = 65536, 131072, 8
ANY = 1 << 62


class Refusal(Exception):
    """Not taken; .kind is the class of docs/bundle.md, "Refusals"."""

    def __init__(self, kind, why):
        super().__init__(why)
        self.kind = kind


def need(fine, kind, why):
    if not fine:
        raise Refusal(kind, why)


def head(major, number):
    for limit, code, size in ((24, None, 0), (1 << 8, 24, 1), (1 << 16, 25, 2), (1 << 32, 26, 4),
                              (1 << 64, 27, 8)):
        if number < limit:
            first = number if code is None else code
            return bytes([major << 5 | first]) + (number.to_bytes(size, 'big') if size else b'')
    raise Refusal('invalid', 'number too large')


def encode(value):
    """Deterministic CBOR of the subset."""
    if value is None or value is True or value is False:
        return {None: b'\xf6', True: b'\xf5', False: b'\xf4'}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        data = value.encode()
        return head(3, len(data)) + data
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b''.join(map(encode, value))
    if isinstance(value, dict):
        pairs = sorted((encode(key), encode(item)) for key, item in value.items())
        return head(5, len(pairs)) + b''.join(key + item for key, item in pairs)
    if isinstance(value, cbor2.CBORTag):
        return head(6, value.tag) + encode(value.value)
    raise Refusal('invalid', f'{type(value).__name__} is not of the subset')


def check_text(text):
    need(len(text.encode()) <= TEXT_MAX, 'too-large', 'text')
    for char in text:
        code = ord(char)
        need(char in '\t\n\r' or not (code < 0x20 or 0x7f <= code < 0xa0), 'invalid',
             'control character')


def check_tree(value):
    """Types, texts, depth and count, without recursion."""
    pending, items = [(value, 0)], 0
    while pending:
        item, depth = pending.pop()
        items += 1
        need(items <= ITEMS_MAX, 'too-large', 'data items')
        if isinstance(item, (list, dict)):
            need(depth < DEPTH_MAX, 'invalid', 'nested too deeply')
            inside = item if isinstance(item, list) else [*item.keys(), *item.values()]
            pending.extend((inner, depth + 1) for inner in inside)
            if isinstance(item, dict):
                need(all(type(key) in (int, str) for key in item), 'invalid', 'map key')
        elif isinstance(item, str):
            check_text(item)
        elif type(item) is int:
            need(-(1 << 63) <= item < 1 << 64, 'invalid', 'number out of range')
        else:
            need(item is None or type(item) in (bool, bytes), 'invalid', 'type')


def decode(data, limit, tag=None):
    """A whole document; one that is not exactly what we would write is refused."""
    need(len(data) <= limit, 'too-large', 'document')
    try:
        value = cbor2.CBORDecoder(io.BytesIO(data), str_errors='strict').decode()
    except Exception as error:  # whatever a hostile document does to the library
        raise Refusal('invalid', f'not CBOR: {error}') from error
    inner = value
    if tag is not None:
        need(isinstance(value, cbor2.CBORTag) and value.tag == tag, 'invalid', 'tag')
        inner = value.value
    check_tree(inner)
    need(encode(value) == data, 'invalid', 'not deterministic')
    return inner


class Map:
    """A map with integer keys, read in order; what is left over is unknown."""

    def __init__(self, value):
        need(isinstance(value, dict), 'invalid', 'expected a map')
        self.left = dict(value)

    def take(self, key, check):
        for other in self.left:
            if other == key:
                break
            # in bytewise order: an unknown key that stands before
            need(encode(other) > encode(key), 'unsupported', f'unknown key {other}')
        need(key in self.left, 'invalid', f'key {key} is missing')
        return check(self.left.pop(key))

    def maybe(self, key, check):
        return self.take(key, check) if key in self.left else None

    def end(self, crit=None):
        if crit is not None and crit in self.left:
            names = self.take(crit, array(1, 16, text(0, 64)))
            raise Refusal('unsupported', f'required: {names}')
        need(not self.left, 'unsupported', f'unknown keys {list(self.left)}')


def within(value, low, high):
    need(value >= low, 'invalid', 'too little')
    need(value <= high, 'invalid' if low == high else 'too-large', 'too much')


def number(low=0, high=(1 << 63) - 1):
    def check(value):
        need(type(value) is int and low <= value <= high, 'invalid', 'number')
        return value
    return check


def listed(names, what):
    """A number (or word) from a closed list."""
    def check(value):
        need(type(value) in (int, str), 'invalid', what)
        need(value in names, 'unsupported', f'{what} {value}')
        return value
    return check


def number_listed(names, what):
    def check(value):
        return listed(names, what)(number()(value))
    return check


def text(low, high):
    def check(value):
        need(isinstance(value, str), 'invalid', 'expected a text')
        within(len(value.encode()), low, high)
        return value
    return check


def octets(low, high):
    def check(value):
        need(isinstance(value, bytes), 'invalid', 'expected bytes')
        within(len(value), low, high)
        return value
    return check


def array(low, high, check_item):
    def check(value):
        need(isinstance(value, list), 'invalid', 'expected an array')
        within(len(value), low, high)
        return [check_item(item) for item in value]
    return check


def row(*checks):
    def check(value):
        need(isinstance(value, list) and len(value) == len(checks), 'invalid', 'array')
        return [one(item) for one, item in zip(checks, value)]
    return check


def row_and(check_last, *checks):
    """A row with one more, optional element: None when it is not there."""
    def check(value):
        array(len(checks), len(checks) + 1, lambda item: item)(value)
        longer = len(value) > len(checks)
        return row(*checks, check_last)(value) if longer else [*row(*checks)(value), None]
    return check


def or_null(check_value):
    return lambda value: None if value is None else check_value(value)


def texts(pairs, name_low, name_high, high):
    def check(value):
        need(isinstance(value, dict), 'invalid', 'expected a map')
        within(len(value), 0, pairs)
        for key, item in value.items():
            text(name_low, name_high)(key)
            text(0, high)(item)
        return value
    return check


def identifier(value):
    text(1, 64)(value)
    need(all(char in 'abcdefghijklmnopqrstuvwxyz0123456789-' for char in value), 'invalid', 'id')
    return value


digest = octets(32, 32)
time = number()


def ref(high):
    return row(digest, number(1, high))


def sha256(data):
    return hashlib.sha256(data).digest()
