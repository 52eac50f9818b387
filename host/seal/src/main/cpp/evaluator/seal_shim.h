// What the JVM may ask of SEAL's evaluator: plain functions over opaque handles. Parsed by JavaCPP.
//
// Words are little-endian 64-bit residues in NTT form, layout [polynomial][limb][coefficient].
// Every function that returns a handle gives it to the caller, who returns it with its delete
// function. Operands are never changed. All shapes, scales and values are checked by the caller
// (CkksEvaluator); words of keys are checked here. Errors are exceptions whose text starts with the kind
// and a bar when it is not NATIVE, for example "WORDS|...".
#pragma once

#include <cstdint>

namespace cipherstream {

class EvaluatorContext;
class CipherHandle;
class PlainHandle;
class KeysHandle;

// "4.1.2"
const char *seal_version();
// Number of handles not yet deleted, contexts included.
int64_t live_objects();
// 1 if SEAL was built with Intel HEXL, as only benchmarks have it.
int uses_hexl();

// primes: count - specials data primes, then the special primes; with more than one, SEAL's key
// switching must not be asked for. insecure: SEAL asks for no security, as only the host's test-only
// parameters want it.
EvaluatorContext *context_create(int degree, const int64_t *primes, int count, int specials, bool insecure);
void context_delete(EvaluatorContext *context);

// words: canonical, as the caller has seen to.
CipherHandle *cipher_import(const EvaluatorContext *context, int size, int limbs, double scale, const int8_t *words);
void cipher_copy_words(const CipherHandle *cipher, int8_t *destination);
void cipher_delete(CipherHandle *cipher);

PlainHandle *plain_encode(const EvaluatorContext *context, const double *slots, int count, int limbs, double scale);
void plain_copy_words(const PlainHandle *plain, int8_t *destination);
void plain_delete(PlainHandle *plain);

CipherHandle *cipher_add(const EvaluatorContext *context, const CipherHandle *a, const CipherHandle *b);
CipherHandle *cipher_subtract(const EvaluatorContext *context, const CipherHandle *a, const CipherHandle *b);
// terms: addresses of count ciphertexts of one shape.
CipherHandle *cipher_sum(const EvaluatorContext *context, const int64_t *terms, int count);
CipherHandle *cipher_add_plain(const EvaluatorContext *context, const CipherHandle *a, const PlainHandle *b);
// row: address of [limb][words] words, which stand for N as Repeat says, mirrored or not.
CipherHandle *cipher_add_periodic(const EvaluatorContext *context, const CipherHandle *a, int64_t row, int words,
                                  bool mirrored);
CipherHandle *cipher_multiply_plain(const EvaluatorContext *context, const CipherHandle *a, const PlainHandle *b);
// rows: count addresses of such rows, each written out to full length before it is
// multiplied; sums are chains of additions, since SEAL has no fused ones.
CipherHandle *cipher_sum_of_plain_products(const EvaluatorContext *context, const int64_t *x, const int64_t *rows,
                                           int count, int words, bool mirrored, double scale);
CipherHandle *cipher_sum_of_products(const EvaluatorContext *context, const int64_t *a, const int64_t *b, int count,
                                     double scale);
// Evaluator::multiply_plain with a plaintext given as the words of a's limbs, for tests of the two
// plaintext products above.
CipherHandle *reference_multiply_plain(const EvaluatorContext *context, const CipherHandle *a, const int8_t *words,
                                       double scale);
// Sum of entries[i] * x[i] for count ciphertexts of one shape: chains of products with a constant and
// additions.
CipherHandle *cipher_sum_of_multiples(const EvaluatorContext *context, const int64_t *x, const int *entries, int count,
                                      double scale);
CipherHandle *cipher_rescale(const EvaluatorContext *context, const CipherHandle *a);
CipherHandle *cipher_drop_to(const EvaluatorContext *context, const CipherHandle *a, int limbs);
CipherHandle *cipher_relinearize(const EvaluatorContext *context, const CipherHandle *a, const KeysHandle *keys);
// key_limbs: the number of limbs the key was given for.
CipherHandle *cipher_rotate(const EvaluatorContext *context, const CipherHandle *a, int step, const KeysHandle *keys,
                            int key_limbs);

// The polynomial modulo the first `limbs` data primes that a 64-byte seed stands for. words: room
// for its words, aligned to 8 bytes.
void seed_expand(const EvaluatorContext *context, int limbs, const int8_t *seed, int8_t *words);
// Adds a fresh encryption of zero to the canonical words of a ciphertext of size 2, in place.
// words: aligned to 8 bytes.
void words_add_encryption_of_zero(const EvaluatorContext *context, int limbs, const KeysHandle *keys, int8_t *words);

KeysHandle *keys_create(const EvaluatorContext *context);
// One digit of a key for `limbs` limbs: limbs + specials limbs of c0, the last ones modulo the special
// primes, and the seed of c1, which expands over the same primes in the same order. Step 0 is the
// relinearisation key. Digits come in order.
void keys_add_digit(KeysHandle *keys, int step, int limbs, int digit, const int8_t *c0, const int8_t *seed);
// The same with c1 given as words behind those of c0.
void keys_add_digit_words(KeysHandle *keys, int step, int limbs, int digit, const int8_t *words);
void keys_set_public(KeysHandle *keys, int limbs, const int8_t *c0, const int8_t *seed);
// Copies one digit, c0 then c1, of the key for `limbs` limbs: 2 * (limbs + specials) * degree words.
// element: the Galois element of the step, 0 for the relinearisation key.
void keys_copy_digit(const KeysHandle *keys, int element, int limbs, int digit, int8_t *destination);
// All digits of that key behind one another, unchanged until the keys are deleted; null where they are
// apart, as SEAL has them.
const int8_t *keys_words(const KeysHandle *keys, int element, int limbs);
int64_t keys_bytes(const KeysHandle *keys);
void keys_delete(KeysHandle *keys);

}  // namespace cipherstream
