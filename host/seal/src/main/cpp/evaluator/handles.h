// The objects behind the opaque handles of seal_shim.h.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "chain.h"
#include "counted.h"
#include "fresh_zero.h"
#include "seal/seal.h"

namespace cipherstream {

class EvaluatorContext : Counted {
 public:
  EvaluatorContext(std::size_t degree, const std::uint64_t *primes, std::size_t count, std::size_t specials,
                   Security security)
      : chain(degree, primes, count, specials, security), encoder(chain.full().context) {}

  // Its tables are made at first use: only an appliance sends replies. Safe for concurrent use.
  const FreshZero &zero() const {
    std::call_once(zero_begun_, [this] { zero_ = std::make_unique<FreshZero>(chain); });
    return *zero_;
  }

  const Chain chain;
  seal::CKKSEncoder encoder;  // encode is const in effect but not declared so

 private:
  mutable std::once_flag zero_begun_;
  mutable std::unique_ptr<const FreshZero> zero_;
};

class CipherHandle : Counted {
 public:
  explicit CipherHandle(seal::Ciphertext cipher) : value(std::move(cipher)) {}
  seal::Ciphertext value;
};

class PlainHandle : Counted {
 public:
  explicit PlainHandle(seal::Plaintext plain) : value(std::move(plain)) {}
  seal::Plaintext value;
};

// A key that SEAL itself cannot switch with, one special prime being too few for it: its digits behind
// one another, c0 then c1 of each, from the start of a line, as engines read them.
struct KeyBlock {
  seal::DynArray<std::uint64_t> memory;
  std::uint64_t *words = nullptr;
  std::size_t digit_words = 0;
  std::size_t digits = 0;
};

class KeysHandle : Counted {
 public:
  explicit KeysHandle(const EvaluatorContext *context) : chain(&context->chain) {}

  const Chain *chain;
  // A pool of their own: the memory goes back to the system with the keys.
  seal::MemoryPoolHandle pool = seal::MemoryPoolHandle::New();
  std::map<std::size_t, seal::GaloisKeys> rotations;  // by the number of limbs they serve
  // By Galois element, 0 for relinearisation, and limbs.
  std::map<std::pair<std::uint32_t, std::size_t>, KeyBlock> blocks;
  seal::RelinKeys relinearization;
  std::size_t relinearization_limbs = 0;
  std::unique_ptr<seal::PublicKey> public_key;
  std::size_t public_limbs = 0;
};

}  // namespace cipherstream
