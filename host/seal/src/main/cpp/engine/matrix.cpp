#include "matrix.h"

#include <algorithm>
#include <vector>

namespace cipherstream {

namespace {

// What a block of all operands may take of the second-level cache.
constexpr std::size_t kBlockBytes = 1024 * 1024;
constexpr std::size_t kBlockWordsMost = 256;

std::size_t block_words(std::size_t columns) {
  const std::size_t fit = kBlockBytes / (columns * sizeof(std::uint64_t)) / kStepWords * kStepWords;
  return std::clamp(fit, kStepWords, kBlockWordsMost);
}

// The factors of a panel's rows, for the columns where one of them is not zero.
class Factors {
 public:
  Factors(Kernel kernel, const IntegerMatrix &matrix, std::size_t first, std::size_t rows, std::uint64_t q) {
    for (std::size_t c = 0; c < matrix.columns; c++) {
      std::uint64_t column[kPanelRows] = {};
      std::int32_t any = 0;
      for (std::size_t r = 0; r < rows; r++) {
        const std::int32_t entry = matrix.entries[(first + r) * matrix.columns + c];
        any |= entry;
        column[r] = panel_word(kernel, entry < 0 ? q - static_cast<std::uint64_t>(-static_cast<std::int64_t>(entry))
                                                 : static_cast<std::uint64_t>(entry));
      }
      if (any != 0) {
        columns_.push_back(static_cast<std::uint32_t>(c));
        factors_.insert(factors_.end(), column, column + kPanelRows);
      }
    }
  }

  Panel panel() const { return {factors_.data(), columns_.data(), columns_.size()}; }

 private:
  std::vector<std::uint64_t> factors_;
  std::vector<std::uint32_t> columns_;
};

}  // namespace

void matrix_product(Kernel kernel, const IntegerMatrix &matrix, const seal::Modulus &q, const std::int64_t *operands,
                    const std::int64_t *results, std::size_t from, std::size_t to) {
  const PanelPrime prime(q);
  const std::size_t block = block_words(matrix.columns);
  std::vector<std::uint64_t> words(matrix.columns * block);  // [step][operand][kStepWords]
  std::vector<Factors> factors;
  for (std::size_t first = 0; first < matrix.rows; first += kPanelRows) {
    factors.emplace_back(kernel, matrix, first, std::min(kPanelRows, matrix.rows - first), q.value());
  }
  for (std::size_t start = from; start < to; start += block) {
    const std::size_t count = std::min(block, to - start);
    for (std::size_t c = 0; c < matrix.columns; c++) {
      const auto *operand = reinterpret_cast<const std::uint64_t *>(operands[c]) + start;
      for (std::size_t k = 0; k < count; k += kStepWords) {
        panel_words(kernel, operand + k, words.data() + k * matrix.columns + c * kStepWords);
      }
    }
    for (std::size_t first = 0; first < matrix.rows; first += kPanelRows) {
      const std::size_t rows = std::min(kPanelRows, matrix.rows - first);
      const Panel panel = factors[first / kPanelRows].panel();
      for (std::size_t k = 0; k < count; k += kStepWords) {
        std::uint64_t *row_words[kPanelRows] = {};
        for (std::size_t r = 0; r < rows; r++) {
          row_words[r] = reinterpret_cast<std::uint64_t *>(results[first + r]) + start + k;
        }
        panel_step(kernel, panel, words.data() + k * matrix.columns, rows, row_words, prime);
      }
    }
  }
}

}  // namespace cipherstream
