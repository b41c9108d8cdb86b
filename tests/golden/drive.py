#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""drive.py FOLDER [vectors]: a second reader of drive containers, written from docs/bundle.md, "Drive",
alone. Prints what is in FOLDER/*.dsd as JSON, or its verdicts about FOLDER/vectors.json."""

import hashlib
import json
import pathlib
import re
import sys

from strict import (Map, Refusal, array, decode, digest, identifier, need, number, number_listed, or_null,
                    row, text)

MAGIC = bytes.fromhex('894453440d0a1a0a')
CAPS = {'head': 262144, 'item': 524288, 'end': 64}
NUMBER_MAX, ITEMS_MAX, FILES_MAX, STATEMENTS_MAX = 9_999_999_999, 4096, 4098, 4096
MANIFEST, RECORD, CHUNK, DIRECTORY, STATEMENT = 1 << 20, 4 << 20, 524288, 1 << 20, 65536
BUNDLE_MAX, MESSAGE_MAX = 2_415_919_104, 268_435_456
OUT, HOME, BUNDLE, MESSAGE = 1, 2, 1, 2
STATEMENTS, DISPATCH, DIRECTORY_MESSAGE = 1, 2, 3

CLOSED = {count: number_listed(range(1, count + 1), 'number') for count in (1, 2, 3)}


def capped(most):
    """A number that is a cap: over it is not wrong but too large."""
    def check(value):
        need(number()(value) <= most, 'too-large', f'{value} is too much')
        return value
    return check


class Source:
    """The bytes of a container, read once from front to end."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        need(self.at + size <= len(self.data), 'invalid', 'the file ends in the middle')
        self.at += size
        return self.data[self.at - size:self.at]

    def frame(self, kind):
        size = int.from_bytes(self.take(4), 'big')
        claimed = self.take(32)
        need(size <= CAPS[kind], 'too-large', f'{kind}: {size} bytes')
        body = self.take(size)
        need(hashlib.sha256(body).digest() == claimed, 'refused', f'{kind} was damaged')
        return body


def read_head(body):
    value = Map(decode(body, CAPS['head']))
    value.take(1, CLOSED[1])
    head = {'direction': value.take(2, CLOSED[2]), 'unit': value.take(3, identifier)}
    head['station'] = value.take(4, or_null(identifier))
    need(head['station'] is not None or head['direction'] == OUT, 'invalid', 'a station names itself')
    head['batch'] = value.take(5, number(1, NUMBER_MAX))
    head['count'] = value.take(6, capped(ITEMS_MAX))
    taken = value.take(7, array(0, ITEMS_MAX, row(number(1, NUMBER_MAX), digest)))
    need(not taken or head['direction'] == OUT, 'invalid', 'only a unit says what it has')
    numbers = [one[0] for one in taken]
    need(numbers == sorted(set(numbers)), 'invalid', 'numbers ascend')
    value.end()
    return {**head, 'taken': taken}


def file_max(kind, name):
    """How large a file of that name may be; 0: not here."""
    sealed = {'manifest': MANIFEST, 'record': RECORD}
    if kind == 'bundle':
        return sealed.get(name, CHUNK if re.fullmatch('[0-9a-f]{64}', name) else 0)
    if kind == DIRECTORY_MESSAGE:
        return DIRECTORY if name == 'directory' else 0
    return STATEMENT if re.fullmatch('[0-9]{10}', name) and int(name) > 0 else 0


def check_file_line(kind, line):
    name, size, sha256 = line
    most = file_max(kind, name)
    need(most > 0, 'invalid', f'{name!r} is not allowed')
    need(size > 0, 'invalid', f'{name} is empty')
    need(size <= most, 'too-large', name)
    need(len(name) != 64 or bytes.fromhex(name) == sha256, 'invalid', f'{name} has another digest')


def read_item(body, direction):
    value = Map(decode(body, CAPS['item']))
    kind = value.take(1, CLOSED[2])
    need((kind == BUNDLE) == (direction == OUT), 'invalid', 'bundles go out, messages come home')
    if kind == BUNDLE:
        name, holds, most = value.take(2, digest), 'bundle', FILES_MAX
    else:
        name = value.take(2, row(number(1, NUMBER_MAX), CLOSED[3]))
        holds, most = name[1], STATEMENTS_MAX if name[1] == STATEMENTS else FILES_MAX
    files = value.take(3, array(1, most, row(text(1, 64), number(), digest)))
    sealed = holds in ('bundle', DISPATCH)
    for line in files:
        check_file_line('bundle' if sealed else holds, line)
    names = [line[0] for line in files]
    need(names == sorted(set(names)), 'invalid', 'names ascend')
    need(not sealed or {'manifest', 'record'} <= set(names), 'invalid', 'manifest or record is missing')
    need(sum(line[1] for line in files) <= (BUNDLE_MAX if kind == BUNDLE else MESSAGE_MAX), 'too-large', 'item')
    value.end()
    return kind, name, files


def read_container(data):
    """(head, items); an item is (kind, name, digest of its body, [(name, size, sha256)])."""
    need(data[:len(MAGIC)] == MAGIC, 'invalid', 'no container')
    source = Source(data)
    source.take(len(MAGIC))
    head = read_head(source.frame('head'))
    items, bundles, last = [], set(), 0
    for _ in range(head['count']):
        body = source.frame('item')
        kind, name, files = read_item(body, head['direction'])
        if kind == BUNDLE:
            need(name not in bundles, 'invalid', 'a bundle twice')
            bundles.add(name)
        else:
            need(name[0] > last, 'invalid', 'numbers ascend')
            last = name[0]
        for line in files:
            need(hashlib.sha256(source.take(line[1])).digest() == line[2], 'refused', f'{line[0]} was damaged')
        items.append((kind, name, hashlib.sha256(body).digest(), files))
    whole = hashlib.sha256(data[:source.at]).digest()
    end = Map(decode(source.frame('end'), CAPS['end']))
    count, claimed = end.take(1, number()), end.take(2, digest)
    end.end()
    need(count == head['count'], 'invalid', 'count')
    need(claimed == whole, 'refused', 'the whole was damaged')
    need(source.at == len(data), 'invalid', 'something follows the end')
    return {**head, 'whole': whole}, items


def plain(head, items):
    out = {**head, 'whole': head['whole'].hex(),
           'taken': [[number, content.hex()] for number, content in head['taken']]}
    out['items'] = [{'kind': kind, 'name': name.hex() if kind == BUNDLE else name, 'digest': sha256.hex(),
                     'files': [[line[0], line[1], line[2].hex()] for line in files]}
                    for kind, name, sha256, files in items]
    return out


def main():
    folder = pathlib.Path(sys.argv[1])
    if sys.argv[2:] != ['vectors']:
        found = {path.name: plain(*read_container(path.read_bytes())) for path in sorted(folder.glob('*.dsd'))}
    else:
        found = {}
        for vector in json.loads((folder / 'vectors.json').read_text(encoding='utf-8')):
            try:
                read_container(bytes.fromhex(vector['hex']))
                found[vector['name']] = 'ok'
            except Refusal as refusal:
                found[vector['name']] = refusal.kind
                print(f'{vector["name"]}: {refusal}', file=sys.stderr)
    json.dump(found, sys.stdout, indent=1)


if __name__ == '__main__':
    main()
