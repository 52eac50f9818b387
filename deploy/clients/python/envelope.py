"""Envelopes: 192 bytes of header, bit-packed residues, HMAC-SHA-256. Little endian."""

import hmac
import struct

import numpy as np

import seeds

SEEDED_CIPHERTEXT, CIPHERTEXT, ROTATION_KEY, RELINEARISATION_KEY, PUBLIC_KEY = 1, 2, 3, 4, 5
INPUTS = -1

_HEADER = struct.Struct("<4sHBBBBHHHiiiIdQ16s16s16s32s32s32s")
_MAC_BYTES = 32
_NO_INFERENCE = bytes(16)


def pack(residues, primes):
    """Residue k of a limb takes bits [k·w, (k + 1)·w), w the bit length of the prime."""
    parts = []
    for limb, q in zip(residues, primes):
        words = np.ascontiguousarray(limb, dtype="<u8").view(np.uint8).reshape(-1, 8)
        bits = np.unpackbits(words, axis=1, bitorder="little")[:, : q.bit_length()]
        parts.append(np.packbits(bits.reshape(-1), bitorder="little").tobytes())
    return b"".join(parts)


def unpack(data, degree, primes):
    """The inverse of pack; refuses a residue that is not below its prime."""
    limbs, at = [], 0
    for q in primes:
        length = degree * q.bit_length() // 8
        piece = np.frombuffer(data[at : at + length], dtype=np.uint8)
        bits = np.unpackbits(piece, bitorder="little").reshape(degree, q.bit_length())
        words = np.zeros((degree, 64), dtype=np.uint8)
        words[:, : q.bit_length()] = bits
        limb = np.packbits(words, axis=1, bitorder="little").view("<u8").reshape(degree)
        if (limb >= np.uint64(q)).any():
            raise ValueError(f"the envelope has a residue of {q} or more where {q} is the prime")
        limbs.append(limb.astype(np.int64))
        at += length
    return np.stack(limbs)


class Session:
    """What every envelope of a session carries, and the key of its digests."""

    def __init__(self, parameters, session, transport_key, parameters_digest, fingerprint):
        self.parameters = parameters
        self.id = session
        self.transport_key = transport_key
        self.parameters_digest = parameters_digest
        self.fingerprint = fingerprint

    def _header(self, kind, polynomials, limbs, digits, step, position, scale, payload_bytes):
        inference, round_, index = position
        return _HEADER.pack(
            b"CSTM", 1, kind, 1, 1, polynomials, limbs, digits, 0, step, round_, index, 0, scale,
            payload_bytes, inference, self.id, bytes(16), self.parameters_digest,
            self.fingerprint, bytes(32),
        )

    def _mac(self, content):
        return hmac.digest(self.transport_key, content, "sha256")

    def _seal(self, header, payload):
        return header + payload + self._mac(header + payload)

    def ciphertext(self, inference, index, limbs, scale, seed, c0):
        """The envelope of an input's encryption."""
        payload = seed + pack(c0, self.parameters.data_primes[:limbs])
        position = (inference, INPUTS, index)
        header = self._header(
            SEEDED_CIPHERTEXT, 1, limbs, 0, 0, position, scale, len(payload)
        )
        return self._seal(header, payload)

    def key(self, kind, step, limbs, digits):
        """The envelope of a key for ciphertexts of at most so many limbs."""
        primes = self.parameters.data_primes[:limbs] + [self.parameters.special_prime]
        payload = b"".join(seed + pack(c0, primes) for seed, c0 in digits)
        position = (_NO_INFERENCE, 0, 0)
        header = self._header(kind, 1, limbs, len(digits), step, position, 0.0, len(payload))
        return self._seal(header, payload)

    def answer(self, envelope, inference, index, limbs, scale):
        """(c₀, c₁) of an answer; refuses every other envelope."""
        primes = self.parameters.data_primes[:limbs]
        half = sum(self.parameters.degree * q.bit_length() // 8 for q in primes)
        position = (inference, 0, index)
        header = self._header(CIPHERTEXT, 2, limbs, 0, 0, position, scale, 2 * half)
        if len(envelope) != len(header) + 2 * half + _MAC_BYTES:
            raise ValueError(
                f"answer {index} has {len(envelope)} bytes, the plan says "
                f"{len(header) + 2 * half + _MAC_BYTES}"
            )
        if envelope[: len(header)] != header:
            raise ValueError(f"answer {index} has another header than the plan's")
        if not hmac.compare_digest(self._mac(envelope[:-_MAC_BYTES]), envelope[-_MAC_BYTES:]):
            raise ValueError(f"answer {index} was changed on the way: its keyed digest differs")
        payload = envelope[len(header) : -_MAC_BYTES]
        degree = self.parameters.degree
        return unpack(payload[:half], degree, primes), unpack(payload[half:], degree, primes)


assert _HEADER.size == 192 and seeds.SEED_BYTES == 64
