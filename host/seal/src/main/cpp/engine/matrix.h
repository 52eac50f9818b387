// Products of an integer matrix with many vectors of residues: results[r] = sum over c of
// entries[r][c] * operands[c], word by word, modulo q.
//
// Rows are taken in panels, whose columns that are not all zero are brought below q first. Words are taken
// in blocks: the block's words of all operands are copied side by side, so that they lie in the
// second-level cache for all rows. A sum of products stays in registers over all columns and is
// reduced once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel.h"
#include "seal/seal.h"

namespace cipherstream {

// Rows that share what is read of the operands.
constexpr std::size_t kPanelRows = 6;
// Words that a step takes.
constexpr std::size_t kStepWords = 16;

struct IntegerMatrix {
  const std::int32_t *entries;  // row by row
  std::size_t rows, columns;
};

// One panel's entries below q, column by column, for the columns where one of them is not zero.
struct Panel {
  std::vector<std::uint64_t> weights;  // [column][kPanelRows]
  std::vector<std::uint32_t> columns;
};

// Words [from, to) of all results; both multiples of kStepWords. Residues are canonical. Safe for
// concurrent use on disjoint words.
void matrix_product(Kernel kernel, const IntegerMatrix &matrix, const seal::Modulus &q, const std::int64_t *operands,
                    const std::int64_t *results, std::size_t from, std::size_t to);

// A step: kStepWords words of a panel's rows. words: [column][stride], of all columns. to: the rows' words.
void panel_step_portable(const Panel &panel, const std::uint64_t *words, std::size_t stride, std::size_t rows,
                         std::uint64_t *const *to, const seal::Modulus &q);
void panel_step_ifma(const Panel &panel, const std::uint64_t *words, std::size_t stride, std::size_t rows,
                     std::uint64_t *const *to, std::uint64_t q);

}  // namespace cipherstream
