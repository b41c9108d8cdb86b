# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/bundle.md, "Suite 1", "COSE" and "Chunk"."""

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from strict import (ANY, Map, Refusal, array, decode, encode, need, number, number_listed, octets,
                    row, sha256)

CHUNK_MAX, CHUNK_PLAIN = 512 * 1024, 524246


# ---- keys ----

class Key:
    def __init__(self, point, private=None):
        self.point, self.private = point, private
        numbers = point.public_numbers()
        self.cose = {1: 2, -1: 1, -2: numbers.x.to_bytes(32, 'big'),
                     -3: numbers.y.to_bytes(32, 'big')}
        self.bytes = encode(self.cose)
        self.kid = sha256(self.bytes)[:8]

    @classmethod
    def of_private(cls, data):
        private = ec.derive_private_key(int.from_bytes(data, 'big'), ec.SECP256R1())
        return cls(private.public_key(), private)

    @classmethod
    def golden(cls, name):
        return cls.of_private(sha256(b'doorstep golden key ' + name.encode()))

    def verify(self, signature, data):
        need(len(signature) == 64, 'refused', 'signature is not 64 bytes')
        r, s = (int.from_bytes(half, 'big') for half in (signature[:32], signature[32:]))
        try:
            self.point.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise Refusal('refused', 'signature') from None


def cose_key(value):
    fields = Map(value)
    fields.take(1, number_listed((2,), 'key type'))
    fields.take(-1, number_listed((1,), 'curve'))
    x = fields.take(-2, octets(32, 32))
    y = fields.take(-3, octets(32, 32))
    fields.end()
    try:
        return Key(ec.EllipticCurvePublicNumbers(
            int.from_bytes(x, 'big'), int.from_bytes(y, 'big'), ec.SECP256R1()).public_key())
    except ValueError:
        raise Refusal('invalid', 'not a point of P-256') from None


def headers(protected, expected, unprotected, expected_unprotected=()):
    """The values of exactly the expected labels, all of the protected bucket."""
    octets(0, 1024)(protected)
    inner = decode(protected, 1024) if protected else {}
    need(isinstance(inner, dict) and isinstance(unprotected, dict), 'invalid', 'headers')
    for label in [*inner, *unprotected]:
        need(label in (1, 4, 5, -1), 'unsupported', f'header {label}')
    need(set(inner) == set(expected) and set(unprotected) == set(expected_unprotected), 'invalid',
         'other headers than this kind has')
    checks = {1: number(-(1 << 63)), 4: octets(0, 64), 5: octets(12, 12), -1: lambda value: value}
    need(not protected or inner, 'invalid', 'an empty protected header is an empty byte string')
    return {label: checks[label](value) for label, value in {**inner, **unprotected}.items()}


def context(kind, *more):
    return encode([f'doorstep/{kind}/1', *more])


class Sign1:
    def __init__(self, data, limit):
        body = row(octets(0, ANY), lambda value: value, octets(0, ANY), octets(0, ANY))(
            decode(data, limit, 18))
        self.protected, unprotected, self.payload, self.signature = body
        found = headers(self.protected, (1, 4), unprotected)
        self.alg, self.kid = found[1], found[4]

    def verify(self, key, kind):
        need(self.alg == -7, 'unsupported', 'algorithm')
        need(self.kid == key.kid, 'refused', 'signed by another key')
        key.verify(self.signature, encode(['Signature1', self.protected, context(kind),
                                           self.payload]))


def leaf_row(value):
    return row(octets(0, ANY), lambda item: item, octets(0, ANY))(value)


class Sign:
    def __init__(self, data, limit):
        protected, unprotected, self.payload, leaves = row(
            octets(0, ANY), lambda value: value, octets(0, ANY), array(1, 16, leaf_row))(
                decode(data, limit, 98))
        headers(protected, (), unprotected)
        self.leaves = [(headers(one[0], (1, 4), one[1]), *one) for one in leaves]

    def verify(self, index, key, kind):
        found, protected, _, signature = self.leaves[index]
        need(found[1] == -7, 'unsupported', 'algorithm')
        key.verify(signature, encode(['Signature', b'', protected, context(kind), self.payload]))


def open_gcm(kind, protected, found, ciphertext, aad, key):
    need(found[1] == 3, 'unsupported', 'algorithm')
    need(len(ciphertext) >= 16, 'invalid', 'no room for a tag')
    try:
        return AESGCM(key).decrypt(found[5], ciphertext, encode([kind, protected, aad]))
    except InvalidTag:
        raise Refusal('refused', 'cannot be opened') from None


def open_encrypt(data, limit, kind, key):
    protected, unprotected, ciphertext, leaves = row(
        octets(0, ANY), lambda value: value, octets(0, ANY), array(1, 16, leaf_row))(
            decode(data, limit, 96))
    found = headers(protected, (1, 5), unprotected)
    leaves = [(headers(one[0], (1, 4), one[1], (-1,)), *one) for one in leaves]
    mine = [leaf for leaf in leaves if leaf[0][4] == key.kid]
    need(mine, 'refused', 'not for this key')
    leaf, leaf_protected, _, wrapped = mine[0]
    need(leaf[1] == -31, 'unsupported', 'algorithm')
    ephemeral = cose_key(leaf[-1])
    agreed = key.private.exchange(ec.ECDH(), ephemeral.point)
    nobody = [None, None, None]
    info = encode([-5, nobody, nobody, [256, leaf_protected]])
    kek = HKDF(hashes.SHA256(), 32, None, info).derive(agreed)
    need(len(wrapped) == 40, 'invalid', 'wrapped key')
    try:
        content_key = keywrap.aes_key_unwrap(kek, wrapped)
    except keywrap.InvalidUnwrap:
        raise Refusal('refused', 'wrapped key') from None
    return open_gcm('Encrypt', protected, found, ciphertext, context(kind), content_key)


def open_chunk(data, key, index, count):
    protected, unprotected, ciphertext = row(octets(0, ANY), lambda value: value, octets(0, ANY))(
        decode(data, CHUNK_MAX, 16))
    found = headers(protected, (1, 5), unprotected)
    last = index + 1 == count
    need(found[5] == bytes(4) + index.to_bytes(8, 'big'), 'refused', 'in another place')
    plain = open_gcm('Encrypt0', protected, found, ciphertext, context('chunk', index, last), key)
    need(len(plain) == CHUNK_PLAIN or last and len(plain) <= CHUNK_PLAIN, 'invalid', 'not full')
    need(plain or count == 1, 'invalid', 'empty')
    return plain
