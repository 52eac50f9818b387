// Products of an integer matrix with many vectors of residues: results[r] = sum over c of
// entries[r][c] * operands[c], word by word, modulo q.
//
// Rows are taken in panels, whose columns that are not all zero are brought below q first. Words are taken in
// blocks: the block's words of all operands are copied, step by step, so that they lie in the second-level cache
// for all rows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "panel.h"

namespace cipherstream {

struct IntegerMatrix {
  const std::int32_t *entries;  // row by row
  std::size_t rows, columns;
};

// Words [from, to) of all results; both multiples of kStepWords. q is below 2^50. Residues are canonical. Safe
// for concurrent use on disjoint words.
void matrix_product(Kernel kernel, const IntegerMatrix &matrix, const seal::Modulus &q, const std::int64_t *operands,
                    const std::int64_t *results, std::size_t from, std::size_t to);

}  // namespace cipherstream
