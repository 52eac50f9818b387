#include "words.h"

#include "clones.h"

namespace cipherstream::words {

namespace {

// value, or value - bound where value is not below it; bound <= 2^63.
CIPHERSTREAM_INLINE std::uint64_t subtract_once(std::uint64_t value, std::uint64_t bound) {
  const std::uint64_t less = value - bound;
  return value < less ? value : less;  // a negative difference is a large unsigned number
}

}  // namespace

CIPHERSTREAM_VECTOR_CLONES void subtract(std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                                         std::size_t count, std::uint64_t q) {
  CIPHERSTREAM_WORD_BY_WORD
  for (std::size_t k = 0; k < count; k++) {
    d[k] = subtract_once(a[k] + q - b[k], q);
  }
}

CIPHERSTREAM_VECTOR_CLONES void negate(std::uint64_t *d, const std::uint64_t *a, std::size_t count, std::uint64_t q) {
  CIPHERSTREAM_WORD_BY_WORD
  for (std::size_t k = 0; k < count; k++) {
    d[k] = subtract_once(q - a[k], q);
  }
}

CIPHERSTREAM_VECTOR_CLONES void add_constant(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                                             std::size_t count, std::uint64_t q) {
  CIPHERSTREAM_WORD_BY_WORD
  for (std::size_t k = 0; k < count; k++) {
    d[k] = subtract_once(a[k] + constant, q);
  }
}

CIPHERSTREAM_VECTOR_CLONES void reduce_lazy(std::uint64_t *d, std::size_t count, std::uint64_t q) {
  CIPHERSTREAM_WORD_BY_WORD
  for (std::size_t k = 0; k < count; k++) {
    d[k] = subtract_once(subtract_once(d[k], 2 * q), q);
  }
}

CIPHERSTREAM_VECTOR_CLONES void add_plain(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                                          std::size_t count) {
  CIPHERSTREAM_WORD_BY_WORD
  for (std::size_t k = 0; k < count; k++) {
    d[k] = a[k] + constant;
  }
}

CIPHERSTREAM_PRODUCT_CLONES void reduce_and_add(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                                                std::size_t count, std::uint64_t q, std::uint64_t ratio) {
  CIPHERSTREAM_WORD_BY_WORD
  for (std::size_t k = 0; k < count; k++) {
    // the estimate of the quotient is at most 1 too small
    const auto estimate = static_cast<std::uint64_t>((static_cast<unsigned __int128>(a[k]) * ratio) >> 64);
    d[k] = a[k] - estimate * q + constant;
  }
}

}  // namespace cipherstream::words
