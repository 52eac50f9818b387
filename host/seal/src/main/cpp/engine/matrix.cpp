#include "matrix.h"

#include <algorithm>
#include <cstring>

#include "clones.h"
#include "seal/util/uintarithsmallmod.h"

namespace cipherstream {

namespace {

// What a block of all operands may take of the second-level cache.
constexpr std::size_t kBlockBytes = 1024 * 1024;
constexpr std::size_t kBlockWordsMost = 256;

std::size_t block_words(std::size_t columns) {
  const std::size_t fit = kBlockBytes / (columns * sizeof(std::uint64_t)) / kStepWords * kStepWords;
  return std::clamp(fit, kStepWords, kBlockWordsMost);
}

Panel gather(const IntegerMatrix &matrix, std::size_t first, std::size_t rows, std::uint64_t q) {
  Panel panel;
  for (std::size_t c = 0; c < matrix.columns; c++) {
    std::uint64_t column[kPanelRows] = {};
    std::int32_t any = 0;
    for (std::size_t r = 0; r < rows; r++) {
      const std::int32_t entry = matrix.entries[(first + r) * matrix.columns + c];
      any |= entry;
      column[r] = entry < 0 ? q - static_cast<std::uint64_t>(-static_cast<std::int64_t>(entry))
                            : static_cast<std::uint64_t>(entry);
    }
    if (any != 0) {
      panel.columns.push_back(static_cast<std::uint32_t>(c));
      panel.weights.insert(panel.weights.end(), column, column + kPanelRows);
    }
  }
  return panel;
}

}  // namespace

// A product is below 2^100, so that 2^27 of them fit into a sum.
CIPHERSTREAM_PRODUCT_CLONES void panel_step_portable(const Panel &panel, const std::uint64_t *words, std::size_t stride,
                                                     std::size_t rows, std::uint64_t *const *to,
                                                     const seal::Modulus &q) {
  for (std::size_t r = 0; r < rows; r++) {
    unsigned __int128 sums[kStepWords] = {};
    for (std::size_t i = 0; i < panel.columns.size(); i++) {
      const std::uint64_t w = panel.weights[i * kPanelRows + r];
      const std::uint64_t *x = words + panel.columns[i] * stride;
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

void matrix_product(Kernel kernel, const IntegerMatrix &matrix, const seal::Modulus &q, const std::int64_t *operands,
                    const std::int64_t *results, std::size_t from, std::size_t to) {
  const std::size_t block = block_words(matrix.columns);
  std::vector<std::uint64_t> words(matrix.columns * block);
  std::vector<Panel> panels;
  for (std::size_t first = 0; first < matrix.rows; first += kPanelRows) {
    panels.push_back(gather(matrix, first, std::min(kPanelRows, matrix.rows - first), q.value()));
  }
  for (std::size_t start = from; start < to; start += block) {
    const std::size_t count = std::min(block, to - start);
    for (std::size_t c = 0; c < matrix.columns; c++) {
      std::memcpy(words.data() + c * block, reinterpret_cast<const std::uint64_t *>(operands[c]) + start,
                  count * sizeof(std::uint64_t));
    }
    for (std::size_t first = 0; first < matrix.rows; first += kPanelRows) {
      const std::size_t rows = std::min(kPanelRows, matrix.rows - first);
      const Panel &panel = panels[first / kPanelRows];
      for (std::size_t k = 0; k < count; k += kStepWords) {
        std::uint64_t *row_words[kPanelRows] = {};
        for (std::size_t r = 0; r < rows; r++) {
          row_words[r] = reinterpret_cast<std::uint64_t *>(results[first + r]) + start + k;
        }
#if defined(__x86_64__)
        if (kernel == Kernel::ifma) {
          panel_step_ifma(panel, words.data() + k, block, rows, row_words, q.value());
          continue;
        }
#endif
        panel_step_portable(panel, words.data() + k, block, rows, row_words, q);
      }
    }
  }
}

}  // namespace cipherstream
