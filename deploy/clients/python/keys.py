"""The public keys of a session: public key, relinearisation key, rotation keys, conjugation key.

Each is a list of digits (seed of c₁, c₀ in NTT form). The set has one special prime P.
"""

import hashlib

import numpy as np

import ring

RELINEARISATION = "relinearization"
PUBLIC = "public"


def public_key(secret):
    """One digit over all data primes and P: an encryption of zero."""
    parameters = secret.parameters
    return [secret.encrypt_zero(parameters.data_primes + [parameters.special_prime])]


def switching_key(secret, source, limbs):
    """ℓ digits over the first ℓ data primes and P. In digit j, limb j has P·source added to c₀.

    source is the polynomial that the key switches from, in NTT form over the ℓ data primes.
    """
    parameters = secret.parameters
    primes = parameters.data_primes[:limbs] + [parameters.special_prime]
    secret_ntt = secret.in_ntt(primes)
    digits = []
    for j in range(limbs):
        q = primes[j]
        seed, c0 = secret.encrypt_zero(primes, secret_ntt)
        factor = np.full(parameters.degree, parameters.special_prime % q, dtype=np.int64)
        c0[j] = (c0[j] + ring.multiply(source[j], factor, q)) % q
        digits.append((seed, c0))
    return digits


def relinearisation_key(secret, limbs):
    """Switches from s²."""
    primes = secret.parameters.data_primes[:limbs]
    s = secret.in_ntt(primes)
    return switching_key(secret, ring.multiply(s, s, ring.column(primes)), limbs)


def galois_element(degree, step):
    """3^step mod 2N for a rotation, 2N − 1 for step N/2, which means conjugation."""
    if step == degree // 2:
        return 2 * degree - 1
    return pow(3, step % (degree // 2), 2 * degree)


def rotation_key(secret, step, limbs):
    """Switches from s(X^g), g the Galois element of the step."""
    degree = secret.parameters.degree
    exponents = np.arange(degree, dtype=np.int64) * galois_element(degree, step) % (2 * degree)
    turned = np.empty(degree, dtype=np.int64)
    signs = np.where(exponents < degree, 1, -1)
    turned[exponents % degree] = signs * secret.coefficients
    primes = secret.parameters.data_primes[:limbs]
    return switching_key(secret, ring.to_ntt(np.tile(turned, (limbs, 1)), primes), limbs)


def parameters_digest(parameters):
    """SHA-256 that names a parameter set."""
    digest = hashlib.sha256(b"ckks")
    digest.update(parameters.degree.to_bytes(4, "big"))
    digest.update(len(parameters.data_primes).to_bytes(8, "big"))
    for prime in parameters.data_primes + [parameters.special_prime]:
        digest.update(prime.to_bytes(8, "big"))
    return digest.digest()


def fingerprint(parameters, public):
    """SHA-256 that names the key pair in every message of its session."""
    seed, c0 = public[0]
    digest = hashlib.sha256(b"cipherstream-key-v1" + parameters_digest(parameters) + seed)
    digest.update(c0.astype("<i8").tobytes())
    return digest.digest()
