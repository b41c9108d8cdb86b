#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes FOLDER/vectors.json: drive containers with one defect each, whole otherwise, with the class
every reader must refuse them by. Run once per format version: make-drive-vectors.py FOLDER."""

import hashlib
import json
import pathlib
import sys

from drive import MAGIC
from strict import encode

VECTORS = []
MANIFEST, RECORD, CHUNK = b'manifest', b'record', b'chunk'


def sha256(data):
    return hashlib.sha256(data).digest()


def frame(body, length=None, digest=None):
    body = body if isinstance(body, bytes) else encode(body)
    return (len(body) if length is None else length).to_bytes(4, 'big') + (digest or sha256(body)) + body


def head(direction=1, **edits):
    return edited({1: 1, 2: direction, 3: 'unit-7', 4: 'zhanggong', 5: 3, 6: 1, 7: []}, edits)


def edited(value, edits):
    value = {**value, **{int(key[1:]): item for key, item in edits.items() if item is not REMOVE}}
    return {key: item for key, item in value.items() if edits.get(f'k{key}') is not REMOVE}


REMOVE = object()


def line(name, data, **more):
    return [name, more.get('size', len(data)), more.get('digest', sha256(data))]


FILES = [(sha256(CHUNK).hex(), CHUNK), ('manifest', MANIFEST), ('record', RECORD)]


def bundle(name=b'a', files=None, **edits):
    files = FILES if files is None else files
    body = edited({1: 1, 2: sha256(name), 3: [line(*one) for one in files]}, edits)
    return frame(body) + b''.join(data for _, data in files)


def message(number=1, kind=3, files=(('directory', b'd'),), **edits):
    body = edited({1: 2, 2: [number, kind], 3: [line(*one) for one in files]}, edits)
    return frame(body) + b''.join(data for _, data in files)


def container(items, the_head=None, end=None, magic=MAGIC, after=b''):
    the_head = head(k6=len(items)) if the_head is None else the_head
    before = magic + (the_head if isinstance(the_head, bytes) else frame(the_head)) + b''.join(items)
    end = {} if end is None else end
    body = edited({1: len(items), 2: sha256(before)}, end) if isinstance(end, dict) else end
    return before + (body if isinstance(body, bytes) else frame(body)) + after


def home(items, **edits):
    return container(items, head(2, **{'k6': len(items), **edits}))


def add(name, expect, data):
    VECTORS.append({'name': name, 'expect': expect, 'hex': data.hex()})


def wholes():
    good = container([bundle()])
    add('ok-out', 'ok', good)
    add('ok-empty', 'ok', container([]))
    add('ok-two', 'ok', container([bundle(), bundle(b'b')]))
    add('ok-no-station', 'ok', container([bundle()], head(k4=None)))
    add('ok-taken', 'ok', container([], head(k6=0, k7=[[1, bytes(32)], [9_999_999_999, bytes(32)]])))
    add('ok-home', 'ok', home([message(), message(2, 1, [('0000000001', b's')]), message(9, 2, FILES)]))
    return good


def cuts_and_changes(good):
    for name, size in {'empty': 0, 'magic': 7, 'frame-length': 10, 'frame-digest': 20, 'head': 60,
                       'item': 200, 'end-frame': len(good) - 60, 'last-byte': len(good) - 1}.items():
        add(f'cut-{name}', 'invalid', good[:size])
    add('magic-crlf', 'invalid', container([bundle()], magic=MAGIC.replace(b'\r\n', b'\n')))
    add('magic-7-bit', 'invalid', container([bundle()], magic=b'\x09' + MAGIC[1:]))
    add('magic-zip', 'invalid', b'PK\x03\x04' + good[4:])
    add('trailing-byte', 'invalid', good + b'\0')
    add('trailing-container', 'invalid', good + good)
    add('head-digest', 'refused', container([], frame(head(k6=0), digest=bytes(32))))
    add('head-changed', 'refused', good.replace(b'unit-7', b'unit-8', 1))
    add('item-digest', 'refused', container([frame({1: 1, 2: sha256(b'a'), 3: [line(*one) for one in FILES]},
                                                   digest=bytes(32)) + b''.join(one[1] for one in FILES)]))
    for name, data in (('manifest', MANIFEST), ('record', RECORD), ('chunk', CHUNK)):
        changed = bytes([data[0] ^ 1]) + data[1:]
        at = bundle().rindex(data)
        add(f'file-{name}-changed', 'refused', container([bundle()[:at] + changed + bundle()[at + len(data):]]))
    add('files-swapped', 'refused', container([bundle()[:-14] + RECORD + MANIFEST]))
    add('end-digest', 'refused', container([bundle()], end={'k2': bytes(32)}))
    add('end-frame-digest', 'refused', good[:-len(encode({1: 1, 2: bytes(32)})) - 32] + bytes(32)
        + good[-len(encode({1: 1, 2: bytes(32)})):])


def heads():
    def bad(name, expect, **edits):
        add(f'head-{name}', expect, container([bundle()], head(**edits)))

    bad('format-2', 'unsupported', k1=2)
    bad('format-0', 'unsupported', k1=0)
    bad('direction-3', 'unsupported', k2=3)
    bad('direction-text', 'invalid', k2='out')
    for name, unit in {'capital': 'Unit', 'slash': 'a/b', 'dots': '..', 'newline': 'a\nb', 'empty': ''}.items():
        bad(f'unit-{name}', 'invalid', k3=unit)
    bad('unit-long', 'too-large', k3='a' * 65)
    bad('unit-missing', 'invalid', k3=REMOVE)
    bad('station-space', 'invalid', k4='a b')
    bad('batch-0', 'invalid', k5=0)
    bad('batch-large', 'invalid', k5=10_000_000_000)
    bad('count-less', 'too-large', k6=0)  # the item stands where a short end should
    bad('count-more', 'invalid', k6=2)
    bad('count-4097', 'too-large', k6=4097)
    bad('count-negative', 'invalid', k6=-1)
    bad('taken-order', 'invalid', k7=[[2, bytes(32)], [1, bytes(32)]])
    bad('taken-doubled', 'invalid', k7=[[2, bytes(32)], [2, bytes(32)]])
    bad('taken-0', 'invalid', k7=[[0, bytes(32)]])
    bad('taken-short', 'invalid', k7=[[1, bytes(31)]])
    bad('unknown-key', 'unsupported', k8=['padding'])
    add('head-home-nameless', 'invalid', home([message()], k4=None))
    add('head-home-taken', 'invalid', home([message()], k7=[[1, bytes(32)]]))
    add('head-huge', 'too-large', container([], frame(head(k6=0), length=262_145)))
    add('head-4-gib', 'too-large', container([], frame(head(k6=0), length=0xffffffff)))
    add('head-not-cbor', 'invalid', container([], frame(b'\xff\xff')))
    add('head-long-form', 'invalid', container([], frame(encode(head(k6=0)).replace(b'\x05\x03', b'\x05\x18\x03'))))
    add('head-tagged', 'invalid', container([], frame(b'\xd2' + encode(head(k6=0)))))
    add('head-trailing', 'invalid', container([], frame(encode(head(k6=0)) + b'\0')))


def items():
    def bad(name, expect, *args, **edits):
        add(f'item-{name}', expect, container([bundle(*args, **edits)]))

    def lines(*changes):
        return [line(*one) for one in FILES[:-1]] + list(changes)

    bad('kind-3', 'unsupported', k1=3)
    bad('id-short', 'invalid', k2=bytes(31))
    bad('unknown-key', 'unsupported', k4=0)
    bad('no-manifest', 'invalid', b'a', [FILES[0], FILES[2]])
    bad('no-record', 'invalid', b'a', FILES[:2])
    bad('no-files', 'invalid', b'a', [])
    bad('files-order', 'invalid', b'a', [FILES[1], FILES[0], FILES[2]])
    bad('file-doubled', 'invalid', b'a', [FILES[0], FILES[0], FILES[1], FILES[2]])
    bad('path-name', 'invalid', b'a', [('../../etc/passwd', b'x'), *FILES[1:]])
    bad('absolute-name', 'invalid', b'a', [('/etc/passwd', b'x'), *FILES[1:]])
    bad('capital-digest', 'invalid', b'a', [(FILES[0][0].upper(), CHUNK), *FILES[1:]])
    bad('other-digest', 'invalid', b'a', [('0' * 64, CHUNK), *FILES[1:]])
    bad('strange-name', 'invalid', b'a', [*FILES, ('run', b'x')])
    bad('long-name', 'too-large', b'a', [*FILES, ('s' * 65, b'x')])
    bad('empty-file', 'invalid', b'a', [FILES[0], FILES[1], ('record', b'')])
    bad('record-cap', 'too-large', k3=lines(line('record', RECORD, size=4_194_305)))
    bad('record-lies', 'invalid', k3=lines(line('record', RECORD, size=4_194_304)))
    bad('record-less', 'refused', k3=lines(line('record', RECORD, size=5)))
    bad('huge-size', 'too-large', k3=lines(line('record', RECORD, size=(1 << 63) - 1)))
    bad('chunk-cap', 'too-large', k3=[line(*FILES[0], size=524_289), line(*FILES[1]), line(*FILES[2])])
    bad('too-many', 'too-large', k3=[['', 0, b'']] * 4099)
    add('item-frame-cap', 'too-large', container([frame({1: 1}, length=524_289)]))
    add('item-twice', 'invalid', container([bundle(), bundle()]))
    add('item-message-out', 'invalid', container([message()]))
    add('item-bundle-home', 'invalid', home([bundle()]))


def messages():
    def bad(name, expect, *args, **edits):
        add(f'message-{name}', expect, home([message(*args, **edits)]))

    bad('number-0', 'invalid', 0)
    bad('number-large', 'invalid', 10_000_000_000)
    bad('kind-4', 'unsupported', 1, 4)
    bad('kind-missing', 'invalid', k2=[1])
    bad('name-digest', 'invalid', k2=bytes(32))
    bad('directory-other', 'invalid', 1, 3, [('manifest', b'm')])
    bad('directory-cap', 'too-large', k3=[line('directory', b'd', size=1_048_577)])
    bad('statement-0', 'invalid', 1, 1, [('0000000000', b's')])
    bad('statement-short', 'invalid', 1, 1, [('000000001', b's')])
    bad('statement-hex', 'invalid', 1, 1, [('000000000a', b's')])
    bad('statement-cap', 'too-large', 1, 1, k3=[line('0000000001', b's', size=65_537)])
    bad('dispatch-bare', 'invalid', 1, 2, [('manifest', b'm')])
    add('message-order', 'invalid', home([message(2), message(1)]))
    add('message-doubled', 'invalid', home([message(1), message(1, 1, [('0000000001', b's')])]))


def ends():
    def bad(name, expect, end):
        add(f'end-{name}', expect, container([bundle()], end=end))

    bad('count', 'invalid', {'k1': 2})
    bad('unknown-key', 'unsupported', {'k3': 0})
    bad('short', 'invalid', {'k2': bytes(31)})
    bad('missing', 'invalid', {'k2': REMOVE})
    bad('cap', 'too-large', frame({1: 1, 2: bytes(32)}, length=65))
    bad('none', 'invalid', b'')


if __name__ == '__main__':
    cuts_and_changes(wholes())
    heads()
    items()
    messages()
    ends()
    path = pathlib.Path(sys.argv[1]) / 'vectors.json'
    path.write_text('[\n' + ',\n'.join(map(json.dumps, VECTORS)) + '\n]\n', encoding='utf-8')
