# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signs and encrypts as docs/bundle.md says, whatever it is given: for objects with defects."""

import os

from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cose import Key, context
from strict import encode

UNIT, OFFICER, RECORDS, ONLINE, ROOT, UNIT_ENCRYPT, RECOVERY = map(Key.golden, (
    'unit-sign', 'officer', 'records', 'online', 'root', 'unit-encrypt', 'recovery'))
STRANGER = Key.golden('stranger')
SECOND = Key.golden('officer-2')
CHUNK_KEY = bytes(range(32))


def tagged(tag, value):
    return (bytes([0xc0 | tag]) if tag < 24 else bytes([0xd8, tag])) + encode(value)


def raw_sign(key, data):
    r, s = utils.decode_dss_signature(key.private.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, 'big') + s.to_bytes(32, 'big')


def leaf(payload, key, kind='manifest', header=None, kid_of=None):
    protected = encode(header or {1: -7, 4: (kid_of or key).kid})
    return [protected, {}, raw_sign(key, encode(['Signature', b'', protected, context(kind),
                                                 payload]))]


def sign(payload, keys, **more):
    payload = payload if isinstance(payload, bytes) else encode(payload)
    return tagged(98, [b'', {}, payload, [leaf(payload, key, **more) for key in keys]])


def sign1(payload, key, kind, kid_of=None):
    payload = payload if isinstance(payload, bytes) else encode(payload)
    protected = encode({1: -7, 4: (kid_of or key).kid})
    signature = raw_sign(key, encode(['Signature1', protected, context(kind), payload]))
    return tagged(18, [protected, {}, payload, signature])


def recipient(key, content_key):
    ephemeral = Key(*(lambda private: (private.public_key(), private))(
        ec.generate_private_key(ec.SECP256R1())))
    protected = encode({1: -31, 4: key.kid})
    info = encode([-5, [None] * 3, [None] * 3, [256, protected]])
    agreed = ephemeral.private.exchange(ec.ECDH(), key.point)
    kek = HKDF(hashes.SHA256(), 32, None, info).derive(agreed)
    return [protected, {-1: ephemeral.cose}, keywrap.aes_key_wrap(kek, content_key)]


def encrypt_value(plain, kind, keys):
    plain = plain if isinstance(plain, bytes) else encode(plain)
    content_key, iv = os.urandom(32), os.urandom(12)
    protected = encode({1: 3, 5: iv})
    sealed = AESGCM(content_key).encrypt(iv, plain, encode(['Encrypt', protected, context(kind)]))
    return [protected, {}, sealed, [recipient(key, content_key) for key in keys]]


def encrypt(plain, kind, keys):
    return tagged(96, encrypt_value(plain, kind, keys))


def chunk(plain, index, last, iv_index=None):
    iv = bytes(4) + (index if iv_index is None else iv_index).to_bytes(8, 'big')
    protected = encode({1: 3, 5: iv})
    aad = encode(['Encrypt0', protected, context('chunk', index, last)])
    return tagged(16, [protected, {}, AESGCM(CHUNK_KEY).encrypt(iv, plain, aad)])
