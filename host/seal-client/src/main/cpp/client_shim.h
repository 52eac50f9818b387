// What the JVM may ask of SEAL on the client's side: keys, encryption, decryption. Parsed by
// JavaCPP. Words, layouts and errors as in the evaluator's seal_shim.h.
#pragma once

#include <cstdint>

namespace cipherstream {

class ClientHandle;

int64_t client_live_objects();

// primes: count - specials data primes, then the special primes. secret: count limbs of words of the
// secret key in NTT form, or null to draw a new one. insecure: SEAL asks for no security, as only the
// host's test-only parameters want it.
ClientHandle *client_create(int degree, const int64_t *primes, int count, int specials, bool insecure,
                            const int8_t *secret);
void client_delete(ClientHandle *client);
void client_copy_secret(const ClientHandle *client, int8_t *destination);

// Symmetric encryption of encoded slots: limbs limbs of c0 and the 64-byte seed of c1.
void client_encrypt_seeded(const ClientHandle *client, const double *slots, int count, int limbs, double scale,
                           int8_t *c0, int8_t *seed);
// Encryption with the public key: words of (c0, c1).
void client_encrypt_public(const ClientHandle *client, const double *slots, int count, int limbs, double scale,
                           int8_t *words);
// Slots of a ciphertext of two or three polynomials: count is N/2 for their real parts, or N for these
// and then the imaginary ones.
void client_decrypt(const ClientHandle *client, const int8_t *words, int size, int limbs, double scale, double *slots,
                    int count);

// Key switching key for `limbs` limbs: step 0 is the relinearisation key. c0: digits of limbs +
// specials limbs, the last ones modulo the special primes; seeds: 64 bytes a digit. One special
// prime makes the key of SEAL, several the hybrid one of KeyWords.
void client_switching_key(const ClientHandle *client, int step, int limbs, int8_t *c0, int8_t *seeds);
// Public key over `limbs` data primes and the special primes.
void client_public_key(const ClientHandle *client, int limbs, int8_t *c0, int8_t *seed);

// As client_encrypt_seeded, and the words of (c0, c1) as SEAL's own save and load expand them; a
// reference for other expanders.
void reference_encrypt_seeded(const ClientHandle *client, const double *slots, int count, int limbs, double scale,
                              int8_t *c0, int8_t *seed, int8_t *words);
// SEAL's full encoding of slots, words of all limbs; a reference for other encoders.
void reference_encode(const ClientHandle *client, const double *slots, int count, int limbs, double scale,
                      int8_t *words);
// The words of c1 that the seed of a key's digit stands for: limbs data primes, the special ones.
void client_expand_key_seed(const ClientHandle *client, const int8_t *seed, int limbs, int8_t *words);
// Data primes, then the special prime, as SEAL's CoeffModulus::Create chooses them for bit sizes.
void reference_primes(int degree, const int *bits, int count, int64_t *primes);

}  // namespace cipherstream
