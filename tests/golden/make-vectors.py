#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes FOLDER/vectors.json: objects with one defect each, otherwise whole and
correctly signed or encrypted, with the class every decoder must refuse them by ("ok": must open).
Run once per format version: make-vectors.py FOLDER (signatures and keys are random)."""

import copy
import json
import pathlib
import sys

from cose import Key, open_chunk, open_encrypt
from sealing import (OFFICER, ONLINE, RECORDS, RECOVERY, ROOT, SECOND, STRANGER, UNIT, UNIT_ENCRYPT,
                     chunk, encrypt, encrypt_value, leaf, recipient, sign, sign1, tagged)
from strict import decode, encode, sha256

FOLDER = pathlib.Path(sys.argv[1])
VECTORS = []


def add(kind, name, expect, data, **more):
    name = f'{kind}-{name}'
    VECTORS.append({'name': name, 'type': kind, 'expect': expect, **more, 'hex': data.hex()})
    return name


def changed(value, **edits):
    """A deep copy with keys set (k5=…) or taken out (k5=REMOVE)."""
    value = copy.deepcopy(value)
    for name, item in edits.items():
        if item is REMOVE:
            del value[int(name[1:])]
        else:
            value[int(name[1:])] = item
    return value


REMOVE = object()


# ---- the defects ----

def make_cbor():
    for name, data in {
            'zero': '00', 'nested': 'a2018182f4f60263e6b0b4', 'depth-8': '81' * 8 + '00',
            'key-order': 'a30001200261610 3'.replace(' ', ''), 'max': '1bffffffffffffffff'}.items():
        add('cbor', f'ok-{name}', 'ok', bytes.fromhex(data))
    for name, data in {
            'empty': '', 'long-number': '1817', 'long-length': '580141', 'long-map': 'b8010000',
            'float': 'f93c00', 'double': 'fb3ff199999999999a', 'undefined': 'f7', 'simple': 'f0',
            'indefinite-array': '9f00ff', 'indefinite-text': '7f6161ff', 'tag': 'c000',
            'tag-inside': '81d200', 'unsorted': 'a203040102', 'doubled': 'a201000100',
            'texts-unsorted': 'a2616200616100', 'bytes-key': 'a1410000', 'null-key': 'a1f600',
            'bool-key': 'a1f500', 'trailing': '0000', 'cut-text': '6261', 'cut-array': '820 1',
            'huge-array': '9bffffffffffffffff', 'huge-bytes': '5bffffffffffffffff',
            'latin-1': '61e9', 'surrogate': '63eda080', 'nul': '6100', 'escape': '611b',
            'c1-control': '62c285', 'depth-9': '81' * 9 + '00', 'break': 'ff',
            'below-int64': '3b8000000000000000', 'bignum': 'c24101'}.items():
        add('cbor', name, 'invalid', bytes.fromhex(data.replace(' ', '')))


def make_manifests(payload):
    keys = [UNIT, OFFICER]

    def bad(name, expect, **edits):
        add('manifest', name, expect, sign(changed(payload, **edits), keys))

    add('manifest', 'ok', 'ok', sign(payload, keys))
    bad('format-2', 'unsupported', k1=2)
    bad('suite-2', 'unsupported', k2=2)
    bad('crit', 'unsupported', k14=['padding'])
    bad('unknown-key', 'unsupported', k15=0)
    bad('missing-time', 'invalid', k13=REMOVE)
    bad('unit-capital', 'invalid', k3='Unit-1')
    bad('unit-unknown', 'refused', k3='unit-9')
    bad('seq-0', 'invalid', k4=0)
    bad('seq-negative', 'invalid', k4=-1)
    bad('first-with-prev', 'invalid', k5=bytes(32))
    bad('second-without-prev', 'invalid', k4=2)
    bad('kind-4', 'unsupported', k6=4)
    bad('kind-text', 'invalid', k6='case')
    bad('replaces-short', 'invalid', k7=bytes(31))
    bad('no-signers', 'invalid', k8=[])
    bad('role-9', 'unsupported', k8=[[1, UNIT.kid], [9, OFFICER.kid]])
    bad('station-signs-case', 'invalid', k8=[*payload[8], [3, RECORDS.kid]])
    bad('one-key-two-roles', 'invalid', k8=[[1, UNIT.kid], [2, UNIT.kid]])
    bad('nine-signers', 'too-large', k8=[[2, bytes([i] * 8)] for i in range(9)])
    bad('record-empty', 'invalid', k9=[bytes(32), 0])
    bad('record-too-large', 'invalid', k9=[bytes(32), 4 * 1024 * 1024 + 1])
    bad('chunks-unsorted', 'invalid', k10=payload[10][::-1])
    bad('chunk-doubled', 'invalid', k10=[payload[10][0]] * 2)
    bad('chunk-too-large', 'invalid', k10=[[bytes(32), 512 * 1024 + 1]])
    bad('boot-id-long', 'too-large', k13=[1, 1, 'x' * 37, None])
    bad('station-time-0', 'invalid', k13=[1, 1, '', 0])
    add('manifest', 'dispatch-by-unit', 'invalid', sign(changed(payload, k6=2), keys))
    add('manifest', 'dispatch-by-online-key', 'refused',
        sign(changed(payload, k6=2, k8=[[3, ONLINE.kid]]), [ONLINE]))
    add('manifest', 'no-officer', 'invalid', sign(changed(payload, k8=payload[8][:1]), [UNIT]))
    add('manifest', 'no-unit', 'invalid', sign(changed(payload, k8=payload[8][1:]), [OFFICER]))
    add('manifest', 'officer-unknown', 'refused',
        sign(changed(payload, k8=[[1, UNIT.kid], [2, STRANGER.kid]]), [UNIT, STRANGER]))
    add('manifest', 'unit-by-officer', 'refused',
        sign(changed(payload, k8=[[1, OFFICER.kid], [2, UNIT.kid]]), [OFFICER, UNIT]))
    make_manifest_envelopes(encode(payload))


def make_trips(payload):
    """Manifests of trips that changed hands; the time block of this one has its fifth element."""
    keys = [UNIT, OFFICER, SECOND]

    def bad(name, expect, signers=keys, **edits):
        add('manifest', name, expect, sign(changed(payload, **edits), signers),
            directory='directory-trip')

    time = payload[13]
    bad('ok-trip', 'ok')
    bad('trip-replaces', 'invalid', k7=bytes(32))
    bad('trip-one-officer', 'invalid', signers=keys[:2], k8=payload[8][:2])
    bad('trip-by-station', 'invalid', signers=[UNIT, OFFICER, RECORDS],
        k8=[*payload[8][:2], [3, RECORDS.kid]])
    bad('newest-not-newer', 'invalid', k13=[*time[:4], time[0]])
    bad('newest-null', 'invalid', k13=[*time[:4], None])
    bad('time-of-six', 'too-large', k13=[*time, 1])


def make_handovers(payload):
    keys = [OFFICER, SECOND]

    def bad(name, expect, signers=keys, kind='handover', **edits):
        add('handover', name, expect, sign(changed(payload, **edits), signers, kind=kind),
            directory='directory-trip')

    bad('ok', 'ok')
    bad('ok-empty', 'ok', k12=[], k13=[], k14=None, k15='')
    bad('format-2', 'unsupported', k1=2)
    bad('crit', 'unsupported', k16=['x'])
    bad('unknown-key', 'unsupported', k17=1)
    bad('trip-empty', 'invalid', k4='')
    bad('time-of-five', 'invalid', k6=[*payload[6], 1])
    bad('to-oneself', 'invalid', k8=payload[7])
    bad('numbers-crossed', 'refused', k7=[payload[8][0], payload[7][1]],
        k8=[payload[7][0], payload[8][1]])
    bad('cash-negative', 'invalid', k9=-1)
    bad('receipts-of-four', 'invalid', k12=[['', 1, '1', '1']])
    bad('case-number-empty', 'invalid', k13=[['', 'draft', None]])
    bad('bundle-short', 'invalid', k13=[['L-1', 'draft', bytes(31)]])
    bad('remark-long', 'too-large', k15='x' * 4097)
    bad('one-signature', 'invalid', signers=[OFFICER])
    bad('signatures-swapped', 'invalid', signers=keys[::-1])
    bad('third-signature', 'invalid', signers=[*keys, UNIT])
    bad('by-stranger', 'refused', signers=[OFFICER, STRANGER], k8=[payload[8][0], STRANGER.kid])
    bad('signed-as-manifest', 'refused', kind='manifest')


def make_manifest_envelopes(payload):
    keys = [UNIT, OFFICER]
    good = [leaf(payload, key) for key in keys]

    def bad(name, expect, leaves, body=b'', unprotected=None, tag=98):
        add('manifest', name, expect, tagged(tag, [body, unprotected or {}, payload, leaves]))

    bad('signature-missing', 'invalid', good[:1])
    bad('signature-added', 'invalid', [*good, leaf(payload, STRANGER)])
    bad('signatures-swapped', 'invalid', good[::-1])
    bad('signed-by-stranger', 'refused', [good[0], leaf(payload, STRANGER, kid_of=OFFICER)])
    bad('signature-short', 'refused', [good[0], [*good[1][:2], good[1][2][:63]]])
    bad('signature-zero', 'refused', [good[0], [*good[1][:2], bytes(64)]])
    bad('signed-as-record', 'refused', [leaf(payload, key, kind='record') for key in keys])
    bad('alg-es384', 'unsupported',
        [good[0], leaf(payload, OFFICER, header={1: -35, 4: OFFICER.kid})])
    bad('header-unknown', 'unsupported',
        [good[0], leaf(payload, OFFICER, header={1: -7, 4: OFFICER.kid, 9: 1})])
    bad('header-crit', 'unsupported',
        [good[0], leaf(payload, OFFICER, header={1: -7, 2: [9], 4: OFFICER.kid})])
    bad('kid-missing', 'invalid', [good[0], leaf(payload, OFFICER, header={1: -7})])
    bad('kid-unprotected', 'invalid',
        [good[0], [encode({1: -7}), {4: OFFICER.kid}, good[1][2]]])
    bad('body-header', 'invalid', good, unprotected={4: UNIT.kid})
    bad('body-empty-map', 'invalid', good, body=b'\xa0')
    bad('tag-18', 'invalid', good, tag=18)
    add('manifest', 'no-tag', 'invalid', encode([b'', {}, payload, good]))
    add('manifest', 'payload-trailing', 'invalid', sign(payload + b'\0', keys))
    add('manifest', 'payload-unsorted', 'invalid',
        sign(b'\xad\x02\x01\x01\x01' + payload[5:], keys))
    add('manifest', 'payload-not-cbor', 'invalid', sign(b'\xff', keys))


def make_records(plain):
    both = [RECORDS, RECOVERY]

    def bad(name, expect, **edits):
        add('record', name, expect, encrypt(changed(plain, **edits), 'record', both))

    def bad_part(name, expect, **edits):
        bad(name, expect, k11=[changed(plain[11][0], **edits), *plain[11][1:]])

    def bad_case(name, expect, **edits):
        bad(name, expect, k6=changed(plain[6], **edits))

    add('record', 'ok', 'ok', encrypt(plain, 'record', both))
    bad('format-2', 'unsupported', k1=2)
    bad('crit', 'unsupported', k12=['x'])
    bad('no-case', 'invalid', k6=None)
    bad_case('version-0', 'invalid', k2=0)
    bad_case('no-such-day', 'invalid', k8='2026-02-30')
    bad_case('outcome-5', 'unsupported', k10=5)
    bad_case('officer-empty', 'invalid', k9='')
    bad('field-name-long', 'too-large', k7={'x' * 129: ''})
    bad('field-name-empty', 'invalid', k7={'': ''})
    bad('field-number', 'invalid', k7={'a': 1})
    bad('field-key-number', 'invalid', k7={1: 'a'})
    bad('finding-two-texts', 'invalid', k9=[['warning', 'a.b']])
    bad('part-doubled', 'invalid', k11=[plain[11][0]] * 2)
    bad_part('slot-unknown', 'unsupported', k2='iris')
    bad_part('slot-of-dispatch', 'unsupported', k2='roster')
    bad_part('key-null', 'invalid', k9=None)
    bad_part('key-short', 'invalid', k9=bytes(31))
    bad_part('key-and-from', 'unsupported', k10=[bytes(32), 'photo-1'])
    bad_part('key-missing', 'invalid', k9=REMOVE)
    bad_part('no-chunks', 'invalid', k6=[])
    bad_part('length-of-two-chunks', 'invalid', k8=524247)
    bad_part('length-over-64-mib', 'invalid', k8=64 * 1024 * 1024 + 1)
    bad_part('media-type-empty', 'invalid', k4='')
    make_record_envelopes(plain, both)


def make_record_envelopes(plain, both):
    add('record', 'for-others', 'refused', encrypt(plain, 'record', [RECOVERY, STRANGER]))
    add('record', 'encrypted-as-detail', 'refused', encrypt(plain, 'detail', both))
    add('record', 'not-cbor', 'invalid', encrypt(b'\xff', 'record', both))
    good = encrypt_value(plain, 'record', both)

    def bad(name, expect, edit):
        value = copy.deepcopy(good)
        edit(value)
        add('record', name, expect, tagged(96, value))

    def flip(data, at):
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]

    def set_body(value, index, item):
        value[index] = item

    def set_leaf(value, index, item):
        value[3][0][index] = item

    bad('ciphertext-changed', 'refused', lambda value: set_body(value, 2, flip(value[2], 9)))
    bad('ciphertext-cut', 'invalid', lambda value: set_body(value, 2, value[2][:15]))
    bad('iv-changed', 'refused', lambda value: set_body(value, 0, flip(value[0], 9)))
    bad('iv-short', 'invalid', lambda value: set_body(value, 0, encode({1: 3, 5: bytes(11)})))
    bad('alg-a128gcm', 'unsupported',
        lambda value: set_body(value, 0, encode({1: 1, 5: bytes(12)})))
    bad('no-recipients', 'invalid', lambda value: set_body(value, 3, []))
    bad('wrapped-key-changed', 'refused', lambda value: set_leaf(value, 2, flip(value[3][0][2], 3)))
    bad('wrapped-key-short', 'invalid', lambda value: set_leaf(value, 2, value[3][0][2][:39]))
    bad('exchange-direct', 'unsupported',
        lambda value: set_leaf(value, 0, encode({1: -25, 4: RECORDS.kid})))
    bad('no-ephemeral', 'invalid', lambda value: set_leaf(value, 1, {}))
    bad('ephemeral-off-curve', 'invalid', lambda value: set_leaf(value, 1, {
        -1: {**value[3][0][1][-1], -3: flip(value[3][0][1][-1][-3], 5)}}))
    bad('ephemeral-p384', 'unsupported',
        lambda value: set_leaf(value, 1, {-1: {**value[3][0][1][-1], -1: 2}}))
    bad('other-ephemeral', 'refused', lambda value: set_leaf(value, 1, {-1: STRANGER.cose}))


def make_bundles(payload, record_data, plain):
    keys = [UNIT, OFFICER]

    def pair(name, expect, data, **edits):
        edits = {'k9': [sha256(data), len(data)], **edits}
        manifest = sign(changed(payload, **edits), keys)
        add('bundle', name, expect, data, manifest=add('manifest', f'of-{name}', 'ok', manifest))

    pair('ok', 'ok', record_data)
    pair('other-digest', 'refused', record_data, k9=[bytes(32), len(record_data)])
    pair('other-size', 'refused', record_data, k9=[sha256(record_data), len(record_data) + 1])
    pair('other-seq', 'refused', record_data, k4=2, k5=bytes(32))
    pair('chunk-added', 'refused', record_data,
         k10=sorted([*payload[10], [bytes(32), 100]]))
    pair('chunk-left-out', 'refused', record_data, k10=payload[10][1:])
    reused = copy.deepcopy(plain)
    del reused[11][0][9]
    reused[11][0][10] = [bytes(32), 'photo-1']
    own = sorted(item for part in reused[11][1:] for item in part[6])
    data = encrypt(reused, 'record', [RECORDS, RECOVERY])
    pair('reuse-without-replacing', 'refused', data, k10=own)
    pair('reuse', 'ok', data, k10=own, k7=bytes(32))
    data = encrypt(changed(plain, k2='unit-2'), 'record', [RECORDS, RECOVERY])
    pair('other-unit', 'refused', data)


def make_directories(payload):
    def bad(name, expect, **edits):
        add('directory', name, expect, sign1(changed(payload, **edits), ROOT, 'directory'))

    unit, officer = payload[12][0], payload[13][0]
    other_unit = {1: 'unit-2', 2: '', 3: STRANGER.cose, 4: STRANGER.cose}
    bad('ok', 'ok')
    bad('newer', 'ok', k5=8, k16=STRANGER.cose, k12=[{**unit, 5: 1}, other_unit])
    bad('older', 'refused', k5=6)
    bad('version-0', 'invalid', k5=0)
    bad('suite-2', 'unsupported', k2=2)
    bad('crit', 'unsupported', k17=['x'])
    bad('unknown-key', 'unsupported', k18=1)
    bad('root-other', 'refused', k15=STRANGER.cose)
    bad('no-recipients', 'invalid', k8=[])
    bad('recipients-17', 'too-large', k8=[STRANGER.cose] * 17)
    bad('recovery-null', 'invalid', k9=None)
    bad('recovery-p384', 'unsupported', k9={**payload[9], -1: 2})
    bad('recovery-okp', 'unsupported', k9={**payload[9], 1: 1})
    bad('recovery-with-kid', 'unsupported', k9={**payload[9], 2: b'kid'})
    bad('recovery-off-curve', 'invalid', k9={**payload[9], -2: bytes(31) + b'\1'})
    bad('recovery-x-short', 'invalid', k9={**payload[9], -2: bytes(31)})
    bad('state-15', 'unsupported', k10=[[RECORDS.cose, 1 << 15]])
    bad('ok-retired', 'ok', k10=[[RECORDS.cose, 1 << 14, 1], [ONLINE.cose, 2]])
    bad('retired-0', 'invalid', k10=[[RECORDS.cose, 2, 0]])
    bad('retired-null', 'invalid', k10=[[RECORDS.cose, 2, None]])
    bad('receipt-key-of-4', 'too-large', k10=[[RECORDS.cose, 2, 1, 1]])
    bad('units-unsorted', 'invalid', k12=[other_unit, unit])
    bad('unit-doubled', 'invalid', k12=[unit, unit])
    bad('unit-revoked-0', 'invalid', k12=[{**unit, 5: 0}])
    bad('officer-role-1', 'unsupported', k13=[{**officer, 3: 1}])
    bad('officer-with-unit-key', 'invalid', k13=[{**officer, 4: UNIT.cose}])
    bad('copies-0', 'invalid', k14=[0, []])
    add('directory', 'by-stranger', 'refused', sign1(payload, STRANGER, 'directory'))
    add('directory', 'by-stranger-named-root', 'refused',
        sign1(payload, STRANGER, 'directory', kid_of=ROOT))
    add('directory', 'signed-as-statement', 'refused', sign1(payload, ROOT, 'statement'))


def make_enrolments(payload):
    def bad(name, expect, **edits):
        add('enrolment', name, expect, sign1(changed(payload, **edits), UNIT, 'enrolment'))

    officer = payload[7][0]
    bad('ok', 'ok')
    bad('crit', 'unsupported', k9=['x'])
    bad('unit-empty', 'invalid', k3='')
    bad('unit-65', 'too-large', k3='u' * 65)
    bad('one-key', 'invalid', k6=UNIT.cose)
    bad('no-officers', 'invalid', k7=[])
    bad('officer-with-unit-key', 'invalid', k7=[{**officer, 4: UNIT.cose}])
    bad('officer-revoked', 'unsupported', k7=[{**officer, 5: 1}])
    bad('officer-doubled', 'invalid', k7=[officer, officer])
    bad('nonce-15', 'invalid', k8=bytes(15))
    bad('nonce-17', 'invalid', k8=bytes(17))
    add('enrolment', 'by-stranger', 'refused', sign1(payload, STRANGER, 'enrolment'))
    add('enrolment', 'by-stranger-named-unit', 'refused',
        sign1(payload, STRANGER, 'enrolment', kid_of=UNIT))


def make_statements(payload, retired):
    def bad(name, expect, key=RECORDS, **edits):
        add('statement', name, expect, sign1(changed(payload, **edits), key, 'statement'))

    detail = encode({'text': 'again'})
    bad('ok', 'ok')
    bad('ok-online', 'ok', key=ONLINE, k7=1)
    bad('ok-detail', 'ok', k7=8, k11=encrypt(detail, 'detail', [UNIT_ENCRYPT]))
    bad('online-says-durable', 'refused', key=ONLINE)
    bad('by-stranger', 'refused', key=STRANGER)
    bad('by-root', 'refused', key=ROOT)
    bad('other-station', 'refused', k3='rugao-4')
    bad('other-unit', 'refused', k4='unit-2')
    bad('seq-0', 'invalid', k5=0)
    bad('bundle-short', 'invalid', k6=bytes(31))
    bad('state-15', 'unsupported', k7=15)
    bad('state-not-granted', 'refused', k7=14)
    bad('state-0', 'unsupported', k7=0)
    bad('crit', 'unsupported', k12=['x'])
    bad('format-2', 'unsupported', k1=2)
    bad('time-text', 'invalid', k8='now')
    bad('detail-for-others', 'refused', k11=encrypt(detail, 'detail', [RECORDS]))
    bad('detail-as-record', 'refused', k11=encrypt(detail, 'record', [UNIT_ENCRYPT]))
    bad('detail-not-cose', 'invalid', k11=b'\xa0')
    bad('detail-numbers', 'invalid', k11=encrypt({'a': 1}, 'detail', [UNIT_ENCRYPT]))
    for name, expect, key, time in (('ok-retired-before', 'ok', RECORDS, retired),
                                    ('retired-after', 'refused', RECORDS, retired + 1),
                                    ('ok-successor', 'ok', Key.golden('receipt-2'), retired + 1)):
        add('statement', name, expect, sign1(changed(payload, k8=time), key, 'statement'),
            directory='directory-rotated')


def make_chunks():
    def bad(name, expect, data, index=0, count=1):
        add('chunk', name, expect, data, index=index, count=count)

    good = chunk(b'content', 0, True)
    bad('ok', 'ok', good)
    bad('ok-empty', 'ok', chunk(b'', 0, True))
    bad('ok-second', 'ok', chunk(b'rest', 1, True), 1, 2)
    bad('cut-off', 'refused', chunk(b'content', 0, False))
    bad('not-last', 'refused', good, 0, 2)
    bad('not-full', 'invalid', chunk(b'content', 0, False), 0, 2)
    bad('empty-second', 'invalid', chunk(b'', 1, True), 1, 2)
    bad('moved', 'refused', good, 1, 2)
    bad('iv-of-another', 'refused', chunk(b'content', 1, True, iv_index=0), 1, 2)
    bad('changed', 'refused', good[:-1] + bytes([good[-1] ^ 1]))
    bad('cut', 'invalid', good[:-1])
    bad('trailing', 'invalid', good + b'\0')
    bad('tag-96', 'invalid', tagged(96, decode(good, 1000, 16)))


def open_handover(record):
    part = decode(open_encrypt(record, 1 << 22, 'record', RECORDS), 1 << 22)[11][0]
    data = (FOLDER / f'trip-1/{part[6][0][0].hex()}.cbor').read_bytes()
    return open_chunk(data, part[9], 0, 1)


def main():
    read = {name: (FOLDER / f'{name}.cbor').read_bytes() for name in (
        'case-1/manifest', 'case-1/record', 'directory', 'enrolment', 'statement-durable',
        'directory-rotated', 'trip-1/manifest', 'trip-1/record')}
    manifest = decode(decode(read['case-1/manifest'], 1 << 20, 98)[2], 1 << 20)
    plain = decode(open_encrypt(read['case-1/record'], 1 << 22, 'record', RECORDS), 1 << 22)
    make_cbor()
    make_manifests(manifest)
    make_records(plain)
    make_bundles(manifest, read['case-1/record'], plain)
    make_directories(decode(decode(read['directory'], 1 << 20, 18)[2], 1 << 20))
    make_enrolments(decode(decode(read['enrolment'], 1 << 20, 18)[2], 1 << 20))
    rotated = decode(decode(read['directory-rotated'], 1 << 20, 18)[2], 1 << 20)
    make_statements(decode(decode(read['statement-durable'], 1 << 20, 18)[2], 1 << 20),
                    rotated[10][0][2])
    make_chunks()
    make_trips(decode(decode(read['trip-1/manifest'], 1 << 20, 98)[2], 1 << 20))
    make_handovers(decode(decode(open_handover(read['trip-1/record']), 1 << 20, 98)[2], 1 << 20))
    rows = ',\n'.join(json.dumps(vector) for vector in VECTORS)
    (FOLDER / 'vectors.json').write_text(f'[\n{rows}\n]\n', encoding='utf-8')


main()
