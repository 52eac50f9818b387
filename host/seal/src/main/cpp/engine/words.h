// Word-wise loops that compilers turn into vector code. Words are canonical modulo q < 2^61 in and
// out unless said otherwise; d may be a or b.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cipherstream::words {

void subtract(std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b, std::size_t count, std::uint64_t q);
void negate(std::uint64_t *d, const std::uint64_t *a, std::size_t count, std::uint64_t q);
// constant below q.
void add_constant(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant, std::size_t count, std::uint64_t q);
// Canonical words of words below 4q.
void reduce_lazy(std::uint64_t *d, std::size_t count, std::uint64_t q);
// a + constant without a reduction.
void add_plain(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant, std::size_t count);
// Words below 3q, congruent to a + constant, of any words a. ratio: floor(2^64 / q).
void reduce_and_add(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant, std::size_t count,
                    std::uint64_t q, std::uint64_t ratio);

}  // namespace cipherstream::words
