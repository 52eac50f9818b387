"""CKKS as a client needs it: a secret key, encryption with it, decryption, and encoded slots."""

import secrets

import numpy as np

import ring
import seeds


class Parameters:
    """A parameter set: degree N, data primes, and one special prime."""

    def __init__(self, name, degree, data_primes, special_prime):
        self.name = name
        self.degree = degree
        self.slots = degree // 2
        self.data_primes = data_primes
        self.special_prime = special_prime


N8192_SEALED = Parameters(
    "n8192-sealed",
    8192,
    [281474976694273, 536690689, 536641537, 536608769, 536543233],
    1125899906826241,
)


def random_ternary(degree):
    """N numbers −1, 0 or 1, all equally likely."""
    numbers = []
    while len(numbers) < degree:
        numbers.extend(byte % 3 - 1 for byte in secrets.token_bytes(degree) if byte < 255)
    return np.array(numbers[:degree], dtype=np.int64)


def random_errors(degree):
    """N numbers of a centred binomial distribution of 42 bits: standard deviation 3.24."""
    draws = np.frombuffer(secrets.token_bytes(8 * degree), dtype=np.uint8).reshape(degree, 8)
    bits = np.unpackbits(draws, axis=1)[:, :42].astype(np.int64)
    return bits[:, :21].sum(axis=1) - bits[:, 21:].sum(axis=1)


def _slot_indices(degree):
    """Index j of ζ^(2j + 1) = ζ^(3^i) for slot i, ζ = exp(πi/N), and that of its conjugate."""
    exponents = np.empty(degree // 2, dtype=np.int64)
    exponent = 1
    for i in range(degree // 2):
        exponents[i] = exponent
        exponent = exponent * 3 % (2 * degree)
    return exponents // 2, (2 * degree - exponents) // 2


def encode(slots, scale):
    """The polynomial whose value at ζ^(3^i) is scale · slots[i], rounded: int64 [N]."""
    degree = 2 * len(slots)
    own, conjugate = _slot_indices(degree)
    values = np.empty(degree, dtype=np.complex128)
    values[own] = slots
    values[conjugate] = np.conj(slots)
    twist = np.exp(-1j * np.pi * np.arange(degree) / degree)
    return np.rint((np.fft.fft(values) / degree * twist).real * scale).astype(np.int64)


def decode(coefficients, scale):
    """The complex slots of a polynomial of small coefficients: the inverse of encode."""
    degree = len(coefficients)
    twist = np.exp(1j * np.pi * np.arange(degree) / degree)
    values = np.fft.ifft(coefficients * twist) * degree
    return values[_slot_indices(degree)[0]] / scale


class SecretKey:
    """A ternary secret s. It never leaves this process."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.coefficients = random_ternary(parameters.degree)

    def encrypt_zero(self, primes, secret=None):
        """(seed of c₁, c₀) with c₀ = −(c₁·s + e) in NTT form over the primes."""
        if secret is None:
            secret = self.in_ntt(primes)
        seed = secrets.token_bytes(seeds.SEED_BYTES)
        degree, q = self.parameters.degree, ring.column(primes)
        c1 = seeds.expand(seed, degree, primes)
        error = ring.to_ntt(np.tile(random_errors(degree), (len(primes), 1)), primes)
        return seed, (-ring.multiply(c1, secret, q) - error) % q

    def in_ntt(self, primes):
        """s in NTT form over the primes."""
        return ring.to_ntt(np.tile(self.coefficients, (len(primes), 1)), primes)

    def encrypt(self, slots, limbs, scale):
        """(seed of c₁, c₀) of at most N/2 slots, real or complex."""
        primes = self.parameters.data_primes[:limbs]
        seed, c0 = self.encrypt_zero(primes)
        message = ring.to_ntt(np.tile(encode(slots, scale), (limbs, 1)), primes)
        return seed, (c0 + message) % ring.column(primes)

    def decrypt(self, c0, c1, scale):
        """The slots of a ciphertext of one limb: c₀ + c₁·s modulo q₀, centred."""
        primes = self.parameters.data_primes[:1]
        q = primes[0]
        values = (c0 + ring.multiply(c1, self.in_ntt(primes), ring.column(primes))) % q
        message = ring.from_ntt(values, primes)[0]
        message[message > q // 2] -= q
        return decode(message, scale)
