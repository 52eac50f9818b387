#include "products.h"

#include <algorithm>

#include "clones.h"

namespace cipherstream {

namespace {

using Wide = unsigned __int128;

// Barrett's reduction of sums below 2^(63 + bits of q): up to 2^(63 - bits) products of words below
// 2^bits with words below q, which for 50 bits and fewer is as many as a stretch ever has.
class Reduction {
 public:
  explicit Reduction(const seal::Modulus &q)
      : q_(q.value()),
        shift_(static_cast<unsigned>(q.bit_count()) - 1),
        ratio_(static_cast<std::uint64_t>((static_cast<Wide>(q.const_ratio()[1]) << 64 | q.const_ratio()[0]) >>
                                          (64 - shift_))) {}

  static std::size_t most_products(int bits) { return std::size_t{1} << (63 - bits); }

  // The estimate of the quotient is at most 2 too small.
  CIPHERSTREAM_INLINE std::uint64_t operator()(Wide sum) const {
    const std::uint64_t low = static_cast<std::uint64_t>(sum);
    const std::uint64_t top = static_cast<std::uint64_t>(sum >> 64) << (64 - shift_) | low >> shift_;
    const auto estimate = static_cast<std::uint64_t>((static_cast<Wide>(top) * ratio_) >> 64);
    std::uint64_t value = low - estimate * q_;
    value = value < 2 * q_ ? value : value - 2 * q_;
    return value < q_ ? value : value - q_;
  }

 private:
  std::uint64_t q_;
  unsigned shift_;
  std::uint64_t ratio_;  // floor(2^(64 + shift) / q)
};

// Sums between stretches of a block.
using Sums = Wide[kBlockWords];

struct Stretch {
  const Product *begin, *end;  // read alike
  Repeat repeat;
  bool fresh, accumulates;  // sums begin with 0, or with d
  bool last;                // sums are reduced to d
};

// Four neighbouring words at a time, so that their sums stay in registers.
template <bool repeated>
CIPHERSTREAM_INLINE void run(const Stretch &s, std::uint64_t *d, Block block, std::size_t degree, Sums &sums,
                             const Reduction &reduced) {
  for (std::size_t j = 0; j < block.count; j += 4) {
    const std::size_t k = block.from + j;
    Wide s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    if (!s.fresh) {
      s0 = sums[j], s1 = sums[j + 1], s2 = sums[j + 2], s3 = sums[j + 3];
    } else if (s.accumulates) {
      s0 = d[k], s1 = d[k + 1], s2 = d[k + 2], s3 = d[k + 3];
    }
    const std::size_t index = repeated ? s.repeat.index(k, degree) : k;
    for (const Product *x = s.begin; x != s.end; x++) {
      const std::uint64_t *const a = x->a + k, *const b = x->b + index;
      s0 += static_cast<Wide>(a[0]) * b[0];
      s1 += static_cast<Wide>(a[1]) * b[repeated ? 0 : 1];
      s2 += static_cast<Wide>(a[2]) * b[repeated ? 0 : 2];
      s3 += static_cast<Wide>(a[3]) * b[repeated ? 0 : 3];
    }
    sums[j] = s0, sums[j + 1] = s1, sums[j + 2] = s2, sums[j + 3] = s3;
  }
  if (s.last) {
    const Reduction r = reduced;
    for (std::size_t j = 0; j < block.count; j++) {
      d[block.from + j] = r(sums[j]);
    }
  }
}

CIPHERSTREAM_PRODUCT_CLONES void run_limbs(const Stretch &s, std::uint64_t *d, Block block, Sums &sums,
                                           const Reduction &reduced) {
  run<false>(s, d, block, 0, sums, reduced);
}

CIPHERSTREAM_PRODUCT_CLONES void run_repeated(const Stretch &s, std::uint64_t *d, Block block, std::size_t degree,
                                              Sums &sums, const Reduction &reduced) {
  run<true>(s, d, block, degree, sums, reduced);
}

}  // namespace

void products_portable(const ProductChain &chain, Block block, std::size_t degree, const seal::Modulus &q) {
  const Reduction reduced(q);
  const std::size_t most = Reduction::most_products(chain.bits) - 1;  // d counts as one more
  Sums sums;
  std::uint64_t spread[kBlockWords];
  std::size_t room = 0;
  const Product *const end = chain.products + chain.count;
  for (const Product *next = chain.products; next != end;) {
    Stretch s = {next, next + 1, next->repeat, false, false, false};
    s.fresh = room == 0;
    s.accumulates = chain.accumulate || next != chain.products;
    room = s.fresh ? most : room;
    Product written_out = *next;
    const bool written = !s.repeat.none() && s.repeat.shift < 2;
    if (written) {
      // Fewer than four neighbours share a word.
      for (std::size_t j = 0; j < block.count; j++) {
        spread[j] = next->b[s.repeat.index(block.from + j, degree)];
      }
      written_out.b = spread - block.from;
    }
    while (!written && s.end != end && s.end - s.begin < static_cast<std::ptrdiff_t>(room) &&
           s.end->repeat == s.repeat) {
      s.end++;
    }
    room -= static_cast<std::size_t>(s.end - s.begin);
    next = s.end;
    s.last = next == end || room == 0;
    if (written) {
      s.begin = &written_out;
      s.end = s.begin + 1;
    }
    if (written || s.repeat.none()) {
      run_limbs(s, chain.d, block, sums, reduced);
    } else {
      run_repeated(s, chain.d, block, degree, sums, reduced);
    }
  }
}

}  // namespace cipherstream
