#include "client_shim.h"

#include <complex>
#include <cstring>
#include <sstream>
#include <vector>

#include "blake2xb.h"
#include "client_handle.h"
#include "seal/util/ntt.h"
#include "seal/util/polyarithsmallmod.h"
#include "seal/util/rlwe.h"
#include "seeds.h"
#include "small_polynomial.h"

namespace cipherstream {

namespace {

const std::uint8_t *bytes(const int8_t *pointer) { return reinterpret_cast<const std::uint8_t *>(pointer); }
std::uint8_t *bytes(int8_t *pointer) { return reinterpret_cast<std::uint8_t *>(pointer); }

// At most N/2 real values, or N: the real parts of N/2 complex ones, then their imaginary parts.
seal::Plaintext encode(const ClientHandle *client, const double *slots, int count, int limbs, double scale) {
  auto &encoder = const_cast<ClientHandle *>(client)->encoder;
  const auto &level = client->chain.full().level(static_cast<std::size_t>(limbs));
  const auto size = static_cast<std::size_t>(count);
  seal::Plaintext plain;
  if (size <= encoder.slot_count()) {
    encoder.encode(std::vector<double>(slots, slots + size), level, scale, plain);
    return plain;
  }
  std::vector<std::complex<double>> values(size / 2);
  for (std::size_t i = 0; i < values.size(); i++) {
    values[i] = {slots[i], slots[values.size() + i]};
  }
  encoder.encode(values, level, scale, plain);
  return plain;
}

std::size_t word_bytes(const ClientHandle *client, std::size_t limbs) {
  return limbs * client->chain.degree() * sizeof(std::uint64_t);
}

// As SEAL's library encrypts and seeds.
seal::Ciphertext reference_seeded(const ClientHandle *client, const double *slots, int count, int limbs, double scale) {
  const SubChain &full = client->chain.full();
  const auto size = static_cast<std::size_t>(limbs);
  const std::size_t degree = client->chain.degree();
  const seal::Plaintext plain = encode(client, slots, count, limbs, scale);
  seal::Ciphertext cipher;
  seal::util::encrypt_zero_symmetric(client->secret(), full.context, full.level(size), true, true, cipher);
  for (std::size_t limb = 0; limb < size; limb++) {
    std::uint64_t *words = cipher.data(0) + limb * degree;
    seal::util::add_poly_coeffmod(words, plain.data() + limb * degree, degree, client->chain.prime(limb), words);
  }
  return cipher;
}

// c0 of an encryption of a plaintext whose c1 a fresh seed stands for: plaintext - (c1 s + e), as SEAL's, with the
// error drawn at once.
void encrypt_seeded(const ClientHandle *client, const seal::Plaintext &plain, std::size_t limbs, std::uint64_t *c0,
                    std::uint8_t *seed) {
  const SubChain &full = client->chain.full();
  const auto level = full.context.get_context_data(full.level(limbs));
  const std::size_t degree = client->chain.degree();
  const seal::prng_seed_type fresh = fresh_seed();
  std::memcpy(seed, fresh.data(), kSeedBytes);
  std::vector<std::uint64_t> c1(limbs * degree);
  expand_seed(seed, level->parms(), c1.data());
  const SmallPolynomial error = SmallPolynomial::error(*blake2xb_generator(fresh_seed()), degree);
  const auto pool = seal::MemoryManager::GetPool(seal::mm_prof_opt::mm_force_new, true);
  seal::DynArray<std::uint64_t> transformed(degree, pool);
  for (std::size_t limb = 0; limb < limbs; limb++) {
    const seal::Modulus &prime = client->chain.prime(limb);
    const std::size_t at = limb * degree;
    std::uint64_t *sum = c0 + at;
    error.residues(prime.value(), transformed.begin());
    seal::util::ntt_negacyclic_harvey(transformed.begin(), level->small_ntt_tables()[limb]);
    seal::util::dyadic_product_coeffmod(c1.data() + at, client->secret().data().data() + at, degree, prime, sum);
    seal::util::add_poly_coeffmod(sum, transformed.cbegin(), degree, prime, sum);
    seal::util::sub_poly_coeffmod(plain.data() + at, sum, degree, prime, sum);
  }
}

}  // namespace

int64_t client_live_objects() { return Counted::live(); }

ClientHandle *client_create(int degree, const int64_t *primes, int count, int specials, bool insecure,
                            const int8_t *secret) {
  const auto *words = reinterpret_cast<const std::uint64_t *>(primes);
  const auto n = static_cast<std::size_t>(degree);
  const auto size = static_cast<std::size_t>(count);
  const auto special = static_cast<std::size_t>(specials);
  const Security security = insecure ? Security::none : Security::bits128;
  return secret == nullptr ? new ClientHandle(n, words, size, special, security)
                           : new ClientHandle(n, words, size, special, security, bytes(secret));
}

void client_delete(ClientHandle *client) { delete client; }

void client_copy_secret(const ClientHandle *client, int8_t *destination) {
  std::memcpy(destination, client->secret().data().data(),
              word_bytes(client, client->chain.limbs() + client->chain.specials()));
}

void client_encrypt_seeded(const ClientHandle *client, const double *slots, int count, int limbs, double scale,
                           int8_t *c0, int8_t *seed) {
  encrypt_seeded(client, encode(client, slots, count, limbs, scale), static_cast<std::size_t>(limbs),
                 reinterpret_cast<std::uint64_t *>(c0), bytes(seed));
}

void reference_encrypt_seeded(const ClientHandle *client, const double *slots, int count, int limbs, double scale,
                              int8_t *c0, int8_t *seed, int8_t *words) {
  const auto size = static_cast<std::size_t>(limbs);
  const seal::Ciphertext cipher = reference_seeded(client, slots, count, limbs, scale);
  std::memcpy(c0, cipher.data(0), word_bytes(client, size));
  extract_seed(cipher, bytes(seed));
  std::stringstream stream;
  cipher.save(stream, seal::compr_mode_type::none);
  seal::Ciphertext loaded;
  loaded.load(client->chain.full().context, stream);
  std::memcpy(words, loaded.data(), word_bytes(client, 2 * size));
}

void client_encrypt_public(const ClientHandle *client, const double *slots, int count, int limbs, double scale,
                           int8_t *words) {
  const seal::Plaintext plain = encode(client, slots, count, limbs, scale);
  seal::Ciphertext cipher;
  client->encryptor().encrypt(plain, cipher);
  std::memcpy(words, cipher.data(), word_bytes(client, 2 * static_cast<std::size_t>(limbs)));
}

void client_decrypt(const ClientHandle *client, const int8_t *words, int size, int limbs, double scale, double *slots,
                    int count) {
  const Chain &chain = client->chain;
  const auto level = static_cast<std::size_t>(limbs);
  seal::Ciphertext cipher = chain.allocate(static_cast<std::size_t>(size), level, scale);
  for (std::size_t p = 0; p < cipher.size(); p++) {
    copy_checked(cipher.data(p), bytes(words) + p * word_bytes(client, level), chain.degree(),
                 chain.full().key_parameters().coeff_modulus(), level);
  }
  // The plaintext is secret: a pool of its own that wipes.
  const auto pool = seal::MemoryManager::GetPool(seal::mm_prof_opt::mm_force_new, true);
  seal::Plaintext plain(pool);
  client->decryptor().decrypt(cipher, plain);
  auto &encoder = const_cast<ClientHandle *>(client)->encoder;
  const std::size_t half = encoder.slot_count();
  std::vector<std::complex<double>> values;
  encoder.decode(plain, values, pool);
  for (std::size_t i = 0; i < half; i++) {
    slots[i] = values[i].real();
  }
  for (std::size_t i = half; i < static_cast<std::size_t>(count); i++) {
    slots[i] = values[i - half].imag();
  }
}

void reference_encode(const ClientHandle *client, const double *slots, int count, int limbs, double scale,
                      int8_t *words) {
  const seal::Plaintext plain = encode(client, slots, count, limbs, scale);
  std::memcpy(words, plain.data(), word_bytes(client, static_cast<std::size_t>(limbs)));
}

void client_expand_key_seed(const ClientHandle *client, const int8_t *seed, int limbs, int8_t *words) {
  const auto count = static_cast<std::size_t>(limbs);
  const std::size_t primes = count + client->chain.specials();
  std::vector<std::uint64_t> expanded(primes * client->chain.degree());
  expand_seed(bytes(seed), client->chain.sub(count).key_parameters(), expanded.data());
  std::memcpy(words, expanded.data(), word_bytes(client, primes));
}

void reference_primes(int degree, const int *bits, int count, int64_t *primes) {
  const auto moduli =
      seal::CoeffModulus::Create(static_cast<std::size_t>(degree), std::vector<int>(bits, bits + count));
  for (std::size_t i = 0; i < moduli.size(); i++) {
    primes[i] = static_cast<int64_t>(moduli[i].value());
  }
}

}  // namespace cipherstream
