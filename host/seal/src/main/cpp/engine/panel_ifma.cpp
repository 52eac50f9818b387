#include "panel.h"

#if defined(__x86_64__)

#include <algorithm>

#include "ifma.h"

namespace cipherstream {

using namespace ifma;

namespace {

// A product adds less than 2^52 to a low word and less than 2^48 to a high one.
constexpr std::size_t kProductsBetweenCarries = 1 << 10;

}  // namespace

CIPHERSTREAM_IFMA void panel_step_ifma(const Panel &panel, const std::uint64_t *words, std::size_t rows,
                                       std::uint64_t *const *to, std::uint64_t q) {
  const Reduction reduction = ifma::reduction(q);
  Accumulator sums[kPanelRows][2];
  for (auto &row : sums) {
    for (auto &sum : row) {
      sum = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    }
  }
  const std::size_t count = panel.count;
  const std::uint64_t *w = panel.factors;
  for (std::size_t i = 0; i < count;) {
    const std::size_t end = std::min(count, i + kProductsBetweenCarries);
    for (; i < end; i++, w += kPanelRows) {
      const std::uint64_t *x = words + panel.columns[i] * kStepWords;
      const __m512i x0 = load(x), x1 = load(x + 8);
#pragma GCC unroll 6
      for (std::size_t r = 0; r < kPanelRows; r++) {
        const __m512i weight = broadcast(w[r]);
        accumulate(sums[r][0], x0, weight);
        accumulate(sums[r][1], x1, weight);
      }
    }
#pragma GCC unroll 6
    for (std::size_t r = 0; r < kPanelRows; r++) {
      carry(sums[r][0]);
      carry(sums[r][1]);
    }
  }
#pragma GCC unroll 6
  for (std::size_t r = 0; r < kPanelRows; r++) {
    if (r < rows) {
      store(to[r], reduce(sums[r][0], reduction));
      store(to[r] + 8, reduce(sums[r][1], reduction));
    }
  }
}

}  // namespace cipherstream

#endif
