// The limb instructions with AVX-512 IFMA; moduli of 2^50 and more go to SEAL's routines.
#pragma once

#include <array>

#include "limb_kernels.h"

namespace cipherstream {

class IfmaLimbKernels final : public LimbKernels {
 public:
  explicit IfmaLimbKernels(const RingTables &ring);

  void ntt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const override;
  void intt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const override;
  void ntt_of_reduced(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d, const std::uint64_t *a,
                      std::uint64_t constant) const override;
  void permute(std::uint64_t *d, const std::uint64_t *a, std::uint32_t galois) const override;
  void products(const ModulusTables &q, const ProductChain &chain, Block block) const override;
  void products(const ModulusTables &q, const ProductChain *const *chains, std::size_t count,
                Block block) const override;
  std::optional<Kernel> panels(const ModulusTables &q, int bits) const override;
  void add(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
           std::size_t count) const override;
  void subtract(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                std::size_t count) const override;
  void negate(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::size_t count) const override;
  void scale(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
             std::size_t count) const override;
  void add_constant(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                    std::size_t count) const override;
  void reduce(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d, const std::uint64_t *a,
              std::size_t count) const override;
  std::uint64_t zeros(const std::uint64_t *a, std::size_t count) const override;

 private:
  // Bit reversals of N/8 line numbers.
  std::vector<std::uint16_t> reversed_;
  // Where the eight words of a line of the result come from: [g / 2 mod 4][rotation][word].
  std::array<std::uint64_t, 4 * 8 * 8> within_;
};

}  // namespace cipherstream
