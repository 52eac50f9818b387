"""Residues modulo primes below 2^50 and the number-theoretic transform, on numpy arrays.

A polynomial of Z[X]/(X^N + 1) is an int64 array [limbs][N]: one row of residues for each prime.
"""

import functools

import numpy as np


def column(primes):
    """Primes as a column, which numpy applies row by row."""
    return np.array(primes, dtype=np.int64)[:, None]


def multiply(a, b, q):
    """a·b mod q for residues below q < 2^50, without 128-bit integers.

    The float64 quotient is off by at most one, and a·b − quotient·q is small, so that it may be
    computed modulo 2^64.
    """
    quotient = (a.astype(np.float64) * b.astype(np.float64) / q).astype(np.int64)
    return (a * b - quotient * q) % q


def reversed_bits(count):
    """The numbers 0 … count − 1 with their bits in reverse order; count is a power of two."""
    order = np.zeros(1, dtype=np.int64)
    while len(order) < count:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


def smallest_root(degree, q):
    """The smallest primitive 2N-th root of unity modulo q."""
    order = 2 * degree
    candidates = (pow(base, (q - 1) // order, q) for base in range(2, q))
    root = next(r for r in candidates if pow(r, degree, q) == q - 1)
    square, smallest = root * root % q, root
    for _ in range(degree):
        smallest = min(smallest, root)
        root = root * square % q
    return smallest


@functools.lru_cache(maxsize=None)
def powers(degree, q, inverse):
    """ψ^k, or ψ^(−k), for k in the order of reversed bits."""
    psi = smallest_root(degree, q)
    if inverse:
        psi = pow(psi, -1, q)
    natural = [1]
    for _ in range(degree - 1):
        natural.append(natural[-1] * psi % q)
    return np.array(natural, dtype=np.int64)[reversed_bits(degree)]


def to_ntt(polynomial, primes):
    """Values at the powers of ψ: index i has the value at ψ^(2·rev(i) + 1)."""
    degree = polynomial.shape[1]
    roots = np.stack([powers(degree, q, False) for q in primes])
    q = np.array(primes, dtype=np.int64)[:, None, None]
    x, groups, half = polynomial % column(primes), 1, degree // 2
    while half:
        pairs = x.reshape(len(primes), groups, 2, half)
        low = pairs[:, :, 0]
        high = multiply(pairs[:, :, 1], roots[:, groups : 2 * groups, None], q)
        x = np.stack([(low + high) % q, (low - high) % q], axis=2)
        groups, half = 2 * groups, half // 2
    return x.reshape(len(primes), degree)


def from_ntt(values, primes):
    """The inverse of to_ntt."""
    degree = values.shape[1]
    roots = np.stack([powers(degree, q, True) for q in primes])
    q = np.array(primes, dtype=np.int64)[:, None, None]
    x, groups, half = values, degree // 2, 1
    while groups:
        pairs = x.reshape(len(primes), groups, 2, half)
        low, high = pairs[:, :, 0], pairs[:, :, 1]
        difference = multiply((low - high) % q, roots[:, groups : 2 * groups, None], q)
        x = np.stack([(low + high) % q, difference], axis=2)
        groups, half = groups // 2, 2 * half
    inverse = column([pow(degree, -1, prime) for prime in primes])
    return multiply(x.reshape(len(primes), degree), inverse, column(primes))
