// The limb instructions on blocks of words, and on whole limbs where they mix positions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "ring_tables.h"

namespace cipherstream {

// Most words of a block.
constexpr std::size_t kBlockWords = 512;

// Most chains that run together.
constexpr std::size_t kChainsMax = 4;

// How a short operand b stands for a limb: see limb-program.xml.
struct Repeat {
  unsigned shift = 0;
  bool mirrored = false;

  bool none() const { return shift == 0 && !mirrored; }
  bool operator==(const Repeat &other) const { return shift == other.shift && mirrored == other.mirrored; }
  // Index into b of word k of a limb.
  std::size_t index(std::size_t k, std::size_t degree) const {
    const std::size_t r = k >> shift, last = (degree >> shift) - 1;
    return mirrored && r > last - r ? last - r : r;
  }
};

// a[k] * b[k], both from word 0 of the limb.
struct Product {
  const std::uint64_t *a;
  const std::uint64_t *b;
  Repeat repeat;
};

// d[k] = (accumulate ? d[k] : 0) + sum of the products. b is below q; a, which MACC takes from
// other moduli, below 2^bits, and q is too.
struct ProductChain {
  std::uint64_t *d;
  bool accumulate;
  bool alike;  // all products are repeated as the first
  const Product *products;
  std::size_t count;
  int bits;
};

// Words [from, from + count) of a limb; count <= kBlockWords and a multiple of 16.
struct Block {
  std::size_t from, count;
};

// What SEAL has a routine for, and benchmarks take for plain SEAL, is that routine: transforms,
// automorphisms, single products and sums, products with constants, reductions. Chains of products
// accumulate 128 bits and reduce once, as SEAL's dot_product_mod does. Safe for concurrent use.
class LimbKernels {
 public:
  explicit LimbKernels(const RingTables &ring);
  virtual ~LimbKernels() = default;

  // The fastest kernels of that kind.
  static std::unique_ptr<LimbKernels> make(Kernel kernel, const RingTables &ring);

  virtual void ntt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const;
  virtual void intt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const;
  // NTT of (a mod q) + constant.
  virtual void ntt_of_reduced(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d,
                              const std::uint64_t *a, std::uint64_t constant) const;
  virtual void permute(std::uint64_t *d, const std::uint64_t *a, std::uint32_t galois) const;

  virtual void products(const ModulusTables &q, const ProductChain &chain, Block block) const;
  // Up to kChainsMax chains of equal length, repeated alike, that read none of their results.
  virtual void products(const ModulusTables &q, const ProductChain *const *chains, std::size_t count,
                        Block block) const;

  // The kernel that computes panels of chains modulo q, if these are faster as panels; bits as a chain has them.
  virtual std::optional<Kernel> panels(const ModulusTables &q, int bits) const;

  // On words from the pointers on.
  virtual void add(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                   std::size_t count) const;
  virtual void subtract(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                        std::size_t count) const;
  virtual void negate(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::size_t count) const;
  virtual void scale(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                     std::size_t count) const;
  virtual void add_constant(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                            std::size_t count) const;
  virtual void reduce(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d, const std::uint64_t *a,
                      std::size_t count) const;
  virtual std::uint64_t zeros(const std::uint64_t *a, std::size_t count) const;

 protected:
  const RingTables &ring_;

 private:
  std::shared_ptr<seal::util::GaloisTool> galois_tool(std::uint32_t galois) const;

  mutable std::mutex mutex_;
  mutable std::shared_ptr<seal::util::GaloisTool> tool_;
  mutable std::vector<std::uint32_t> elements_;  // those tool_ has tables for
};

}  // namespace cipherstream
