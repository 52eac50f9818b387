// A prime chain q_0 .. q_{L-1} | P and the SEAL contexts of its truncations {q_0 .. q_{l-1} | P}.
//
// A ciphertext of l limbs is the same words in every truncation with at least l data primes, so a
// key that serves at most l limbs is kept, and used, in the truncation to l: (l+1)/(L+1) of the
// memory and word for word the same results.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "seal/seal.h"

namespace cipherstream {

// What SEAL demands of a chain: 128 bits, or nothing for the host's test-only parameters.
enum class Security { bits128, none };

// SEAL context, evaluator and level identifiers of one truncation.
class SubChain {
 public:
  SubChain(std::size_t degree, const std::vector<seal::Modulus> &data, const std::vector<seal::Modulus> &specials,
           Security security);

  const seal::SEALContext context;
  const seal::Evaluator evaluator;

  // Identifier of the level with that many data primes, from 1 to all.
  const seal::parms_id_type &level(std::size_t limbs) const { return levels_.at(limbs - 1); }
  const seal::EncryptionParameters &key_parameters() const { return context.key_context_data()->parms(); }
  // Galois element of the rotation by `step` slots; of N/2 that of complex conjugation, 2N - 1.
  std::uint32_t galois_element(int step) const;

 private:
  std::vector<seal::parms_id_type> levels_;
};

class Chain {
 public:
  // primes: count - specials data primes, then the special primes. To SEAL all special primes but
  // the last are further levels above the data primes: it encrypts and decrypts as ever, and its
  // own key switching, which has one special prime, is right only if there is one.
  Chain(std::size_t degree, const std::uint64_t *primes, std::size_t count, std::size_t specials, Security security);

  std::size_t degree() const { return degree_; }
  std::size_t limbs() const { return data_.size(); }
  const seal::Modulus &prime(std::size_t limb) const { return data_.at(limb); }
  std::size_t specials() const { return specials_.size(); }
  // Digits of a key for that many limbs: one for as many data primes as there are special ones.
  std::size_t digits(std::size_t limbs) const { return (limbs + specials() - 1) / specials(); }

  // The truncation to `limbs` data primes, built at first use; safe for concurrent use.
  const SubChain &sub(std::size_t limbs) const;
  const SubChain &full() const { return sub(limbs()); }

  // A ciphertext of the full chain, NTT form, words not set.
  seal::Ciphertext allocate(std::size_t size, std::size_t limbs, double scale) const;

 private:
  std::size_t degree_;
  Security security_;
  std::vector<seal::Modulus> data_;
  std::vector<seal::Modulus> specials_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<SubChain>> subs_;
};

// Copies `limbs` limbs, one for each of the moduli in order, and checks every word against its modulus.
// Throws std::invalid_argument starting with "WORDS|" that names the first offending word.
void copy_checked(std::uint64_t *destination, const std::uint8_t *source, std::size_t degree,
                  const std::vector<seal::Modulus> &moduli, std::size_t limbs);

}  // namespace cipherstream
