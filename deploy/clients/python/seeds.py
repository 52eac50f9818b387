"""Seeds of uniform polynomials, expanded as Microsoft SEAL expands them: BLAKE2xb and rejection."""

import hashlib

import numpy as np

SEED_BYTES = 64

_PIECE_BYTES = 4096
_HASH_BYTES = 64

_IV = np.array(
    [
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    ],
    dtype=np.uint64,
)

_SIGMA = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
]

_COLUMNS_AND_DIAGONALS = [
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
]


def _turn(words, bits):
    return (words >> np.uint64(bits)) | (words << np.uint64(64 - bits))


def _compress(state, message, length):
    """BLAKE2b's compression of one last block (RFC 7693), for many messages at once."""
    v = np.concatenate([state, np.broadcast_to(_IV[:, None], state.shape)])
    v[12] ^= np.uint64(length)
    v[14] = ~v[14]
    for turn in range(12):
        sigma = _SIGMA[turn % 10]
        for i, (a, b, c, d) in enumerate(_COLUMNS_AND_DIAGONALS):
            v[a] += v[b] + message[sigma[2 * i]]
            v[d] = _turn(v[d] ^ v[a], 32)
            v[c] += v[d]
            v[b] = _turn(v[b] ^ v[c], 24)
            v[a] += v[b] + message[sigma[2 * i + 1]]
            v[d] = _turn(v[d] ^ v[a], 16)
            v[c] += v[d]
            v[b] = _turn(v[b] ^ v[c], 63)
    return state ^ v[:8] ^ v[8:]


def _pieces(seed, first, count):
    """Pieces first … first + count − 1 of a seed's stream, as 64-bit words.

    Piece c is BLAKE2xb(the number c as 8 bytes, key = seed) of 4096 bytes. hashlib makes its root
    hash, but not its further hashes, whose depth is 0.
    """
    roots = b"".join(
        hashlib.blake2b(
            piece.to_bytes(8, "little"), key=seed, node_offset=_PIECE_BYTES << 32
        ).digest()
        for piece in range(first, first + count)
    )
    hashes = _PIECE_BYTES // _HASH_BYTES
    root = np.frombuffer(roots, dtype="<u8").reshape(count, 8).astype(np.uint64)
    message = np.zeros((16, count, hashes), dtype=np.uint64)
    message[:8] = root.T[:, :, None]
    state = np.empty((8, count, hashes), dtype=np.uint64)
    state[:] = _IV[:, None, None]
    state[0] ^= np.uint64(_HASH_BYTES | _HASH_BYTES << 32)  # digest bytes, leaf bytes
    state[1] ^= np.arange(hashes, dtype=np.uint64) | np.uint64(_PIECE_BYTES << 32)
    state[2] ^= np.uint64(_HASH_BYTES << 8)  # inner bytes
    flat = _compress(state.reshape(8, -1), message.reshape(16, -1), _HASH_BYTES)
    return flat.T.reshape(-1)


def expand(seed, degree, primes):
    """The polynomial of a seed, [len(primes)][degree], uniform residues modulo each prime.

    All words are drawn at once. One that is too large for its residue to be uniform is replaced by
    the next word of the stream, in the order of the words, until it is small enough.
    """
    total = degree * len(primes)
    words_a_piece = _PIECE_BYTES // 8
    pieces = -(-total // words_a_piece)
    stream = _pieces(seed, 0, pieces)
    rest = list(stream[total:])
    words = stream[:total].reshape(len(primes), degree).copy()
    largest = 2**64 - 1
    for limb, q in enumerate(primes):
        bound = largest - largest % q - 1
        for i in np.flatnonzero(words[limb] >= np.uint64(bound)):
            while int(words[limb, i]) >= bound:
                if not rest:
                    rest = list(_pieces(seed, pieces, 1))
                    pieces += 1
                words[limb, i] = rest.pop(0)
        words[limb] %= np.uint64(q)
    return words.astype(np.int64)
