// The limb instructions with AVX2 and FMA where the modulus is below 2^50; all else goes to SEAL's routines.
#pragma once

#include "limb_kernels.h"

namespace cipherstream {

class Avx2LimbKernels final : public LimbKernels {
 public:
  explicit Avx2LimbKernels(const RingTables &ring) : LimbKernels(ring) {}

  void ntt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const override;
  void intt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const override;
  void ntt_of_reduced(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d, const std::uint64_t *a,
                      std::uint64_t constant) const override;
  void products(const ModulusTables &q, const ProductChain &chain, Block block) const override;
  void products(const ModulusTables &q, const ProductChain *const *chains, std::size_t count,
                Block block) const override;
  std::optional<Kernel> panels(const ModulusTables &q, int bits) const override;
  void add(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
           std::size_t count) const override;
  void scale(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
             std::size_t count) const override;
  void reduce(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d, const std::uint64_t *a,
              std::size_t count) const override;
};

}  // namespace cipherstream
