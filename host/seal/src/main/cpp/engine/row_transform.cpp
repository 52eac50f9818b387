#include "row_transform.h"

#include <algorithm>
#include <vector>

namespace cipherstream {

namespace {

// Words that the kernels lift are below 2^52, numbers at most this.
constexpr std::int64_t kNumberMax = std::int64_t{1} << 50;

bool fits(const std::int64_t *numbers, std::size_t size) {
  std::int64_t low = 0, high = 0;
  for (std::size_t i = 0; i < size; i++) {
    low = std::min(low, numbers[i]);
    high = std::max(high, numbers[i]);
  }
  return low >= -kNumberMax && high <= kNumberMax;
}

}  // namespace

#if defined(__x86_64__)

bool transform_row(const RingTables &ring, const std::int32_t *moduli, std::size_t count, const std::int64_t *numbers,
                   std::size_t size, std::size_t kept, std::uint64_t *words) {
  if (size < kRowSizeMin) {
    return false;
  }
  for (std::size_t i = 0; i < count; i++) {
    const ModulusTables &tables = ring[static_cast<std::size_t>(moduli[i])];
    if (!tables.ifma && !tables.avx2) {
      return false;
    }
  }
  if (!fits(numbers, size)) {
    return false;
  }
  // A row of which all is kept is transformed where it is wanted.
  std::vector<std::uint64_t> part(kept == size ? 0 : size);
  for (std::size_t i = 0; i < count; i++) {
    const ModulusTables &tables = ring[static_cast<std::size_t>(moduli[i])];
    std::uint64_t *work = kept == size ? words + i * size : part.data();
    // The largest multiple of the prime up to 2^51 is above 2^50: no sum is negative, and none reaches 2^52.
    const std::int64_t multiple = 2 * kNumberMax - 2 * kNumberMax % static_cast<std::int64_t>(tables.modulus.value());
    for (std::size_t k = 0; k < size; k++) {
      work[k] = static_cast<std::uint64_t>(numbers[k] + multiple);
    }
    if (tables.ifma) {
      tables.ifma->forward_of_lifted(work, work, 0, size);
    } else {
      tables.avx2->ntt.forward_of_lifted(work, work, 0, size);
    }
    if (kept < size) {
      std::copy_n(work, kept, words + i * kept);
    }
  }
  return true;
}

#else

bool transform_row(const RingTables &, const std::int32_t *, std::size_t, const std::int64_t *, std::size_t,
                   std::size_t, std::uint64_t *) {
  return false;
}

#endif

}  // namespace cipherstream
