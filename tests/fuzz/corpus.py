#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""corpus.py GOLDEN OUT STAMP: seeds for the fuzz targets from the golden vectors, OUT/TARGET/NAME."""

import json
import pathlib
import sys

golden, out, stamp = map(pathlib.Path, sys.argv[1:])
sys.dont_write_bytecode = True
sys.path.insert(0, str(golden.parent))

import cose  # noqa: E402  (lies beside the golden files)
import drive  # noqa: E402
import strict  # noqa: E402

PLACES = {'cbor': ('cbor',), 'manifest': ('manifest', 'cose'), 'record': ('encrypted', 'cose'),
          'bundle': ('encrypted',), 'directory': ('signed', 'cose'), 'enrolment': ('signed',),
          'statement': ('signed', 'cose'), 'handover': ('signed', 'cose'),
          'chunk': ('encrypted', 'cose')}


def put(target, name, data):
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def put_inner(kind, name, data):
    """What lies inside: a payload, or the record's plaintext."""
    try:
        if kind == 'manifest':
            put('manifest', f'{name}-payload', strict.decode(data, 1 << 20, 98)[2])
        if kind == 'record':
            plain = cose.open_encrypt(data, 1 << 22, 'record', cose.Key.golden('records'))
            put('record', name, plain)
            put('cbor', name, plain)
    except strict.Refusal:
        pass  # its defect is in the envelope


def put_bodies(name, data):
    """The frames of a container without the digests around them: head, first item."""
    source = drive.Source(data)
    try:
        source.take(len(drive.MAGIC))
        for kind in ('head', 'item'):
            put('drive', f'{name}-{kind}', source.frame(kind))
    except strict.Refusal:
        pass  # its defect is in the frame


for vector in json.loads((golden / 'vectors.json').read_text(encoding='utf-8')):
    data = bytes.fromhex(vector['hex'])
    for target in PLACES[vector['type']]:
        put(target, vector['name'], data)
    put_inner(vector['type'], vector['name'], data)
for path in (golden / 'drive').glob('*.dsd'):
    put('drive', path.name, path.read_bytes())
for vector in json.loads((golden / 'drive/vectors.json').read_text(encoding='utf-8')):
    data = bytes.fromhex(vector['hex'])
    put('drive', vector['name'], data)
    put_bodies(vector['name'], data)
stamp.write_text('', encoding='utf-8')
