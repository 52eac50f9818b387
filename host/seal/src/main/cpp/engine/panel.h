// Sums of products of many operands with rows of factors, a few words at a time: result r is the sum over the
// products i of factors[i][r] * operand[columns[i]], word by word, modulo a prime below 2^50.
//
// A row's factor is one for all words of a step, so that a vector of an operand, once read, serves all rows.
// Sums stay in registers over all products and are reduced once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernel.h"
#include "seal/modulus.h"

namespace cipherstream {

// Rows that share what is read of the operands.
constexpr std::size_t kPanelRows = 6;
// Words that a step takes.
constexpr std::size_t kStepWords = 16;

// A prime below 2^50 with powers of 2 modulo it.
struct PanelPrime {
  explicit PanelPrime(const seal::Modulus &prime);

  seal::Modulus modulus;
  std::uint64_t two32, two51, two83;
};

struct Panel {
  const std::uint64_t *factors;  // [product][kPanelRows], as panel_word makes them of residues
  const std::uint32_t *columns;  // the operand of each product
  std::size_t count;             // of the products
};

// A word below 2^50, of a factor or an operand, in the form that these kernels multiply: a double for AVX2.
inline std::uint64_t panel_word(Kernel kernel, std::uint64_t word) {
  if (kernel != Kernel::avx2) {
    return word;
  }
  const auto value = static_cast<double>(static_cast<std::int64_t>(word));
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// The same of kStepWords words.
void panel_words(Kernel kernel, const std::uint64_t *from, std::uint64_t *to);

// A step of a panel's first rows. words: [operand][kStepWords], as panel_words makes them. to: where the rows'
// words go, canonical. Safe for concurrent use.
void panel_step(Kernel kernel, const Panel &panel, const std::uint64_t *words, std::size_t rows,
                std::uint64_t *const *to, const PanelPrime &q);

// What panel_step and panel_words call where the kernel is one of vectors.
void panel_step_ifma(const Panel &panel, const std::uint64_t *words, std::size_t rows, std::uint64_t *const *to,
                     std::uint64_t q);
void panel_step_avx2(const Panel &panel, const std::uint64_t *words, std::size_t rows, std::uint64_t *const *to,
                     const PanelPrime &q);
void panel_words_avx2(const std::uint64_t *from, std::uint64_t *to);

}  // namespace cipherstream
