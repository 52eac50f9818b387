// The objects behind the opaque handles of seal_shim.h.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "chain.h"
#include "counted.h"
#include "kernels.h"
#include "ntt_ifma.h"
#include "seal/seal.h"
#include "seal/util/ntt.h"

namespace cipherstream {

class EvaluatorContext : Counted {
 public:
  EvaluatorContext(std::size_t degree, const std::uint64_t *primes, std::size_t count,
                   Security security)
      : chain(degree, primes, count, security), encoder(chain.full().context) {
#if defined(__x86_64__)
    if (best_kernel() == Kernel::ifma) {
      const auto *tables = chain.full().context.key_context_data()->small_ntt_tables();
      for (std::size_t i = 0; i < count; i++) {
        transforms.emplace_back(degree, primes[i], tables[i].get_root());
      }
    }
#endif
  }

  const Chain chain;
  // Of the data primes in order, then of the special prime; empty without IFMA.
  std::vector<IfmaNtt> transforms;
  seal::CKKSEncoder encoder;  // encode is const in effect but not declared so
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

class KeysHandle : Counted {
 public:
  explicit KeysHandle(const EvaluatorContext *context) : chain(&context->chain) {}

  const Chain *chain;
  // A pool of their own: the memory goes back to the system with the keys.
  seal::MemoryPoolHandle pool = seal::MemoryPoolHandle::New();
  std::map<std::size_t, seal::GaloisKeys> rotations;  // by the number of limbs they serve
  seal::RelinKeys relinearization;
  std::size_t relinearization_limbs = 0;
  std::unique_ptr<seal::PublicKey> public_key;
  std::size_t public_limbs = 0;
};

}  // namespace cipherstream
