#include "panel.h"

#include <cstring>

#include "clones.h"
#include "seal/util/uintarithsmallmod.h"

namespace cipherstream {

namespace {

// A product is below 2^100, so that 2^27 of them fit into a sum.
CIPHERSTREAM_PRODUCT_CLONES void step_portable(const Panel &panel, const std::uint64_t *words, std::size_t rows,
                                               std::uint64_t *const *to, const seal::Modulus &q) {
  for (std::size_t r = 0; r < rows; r++) {
    unsigned __int128 sums[kStepWords] = {};
    for (std::size_t i = 0; i < panel.count; i++) {
      const std::uint64_t w = panel.factors[i * kPanelRows + r];
      const std::uint64_t *x = words + panel.columns[i] * kStepWords;
      for (std::size_t k = 0; k < kStepWords; k++) {
        sums[k] += static_cast<unsigned __int128>(x[k]) * w;
      }
    }
    for (std::size_t k = 0; k < kStepWords; k++) {
      const std::uint64_t sum[2] = {static_cast<std::uint64_t>(sums[k]), static_cast<std::uint64_t>(sums[k] >> 64)};
      to[r][k] = seal::util::barrett_reduce_128(sum, q);
    }
  }
}

}  // namespace

PanelPrime::PanelPrime(const seal::Modulus &prime)
    : modulus(prime),
      two32((std::uint64_t{1} << 32) % prime.value()),
      two51((std::uint64_t{1} << 51) % prime.value()),
      two83(seal::util::multiply_uint_mod(two32, two51, prime)) {}

void panel_words(Kernel kernel, const std::uint64_t *from, std::uint64_t *to) {
#if defined(__x86_64__)
  if (kernel == Kernel::avx2) {
    panel_words_avx2(from, to);
    return;
  }
#endif
  std::memcpy(to, from, kStepWords * sizeof(std::uint64_t));
}

void panel_step(Kernel kernel, const Panel &panel, const std::uint64_t *words, std::size_t rows,
                std::uint64_t *const *to, const PanelPrime &q) {
#if defined(__x86_64__)
  if (kernel == Kernel::ifma) {
    panel_step_ifma(panel, words, rows, to, q.modulus.value());
    return;
  }
  if (kernel == Kernel::avx2) {
    panel_step_avx2(panel, words, rows, to, q);
    return;
  }
#endif
  step_portable(panel, words, rows, to, q.modulus);
}

}  // namespace cipherstream
