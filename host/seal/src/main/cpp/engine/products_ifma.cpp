// A chain goes block by block; within a block in stretches of products that are read alike. A
// stretch takes 16 or 32 neighbouring words at a time, with all its products innermost, so that
// the sums stay in registers; between stretches they wait in the first-level cache.
#include "products_ifma.h"

#if defined(__x86_64__)

#include <algorithm>

#include "ifma.h"

namespace cipherstream {

using namespace ifma;

namespace {

// Each product adds less than 2^52 to a low word.
constexpr std::size_t kProductsBetweenCarries = 1 << 10;

// Products whose operands a are fetched ahead: a chain reads them from as many pages, which no processor foresees.
constexpr std::size_t kAhead = 8;

struct Sums {
  alignas(64) std::uint64_t low[kBlockWords], high[kBlockWords];
};

// Where b's words lie for the vectors of a step.
enum class Weights { limb, one_for_all, up, down };

// Constants of the reduction of a sum of few products: below 2^(51 + bits of q).
struct ShortReduction {
  __m512i q, q2, minus_q, mask, ratio;
  __m128i up, down;  // shifts: 53 - bits, bits - 1
};

CIPHERSTREAM_IFMA_INLINE ShortReduction short_reduction(std::uint64_t q) {
  const int bits = 64 - __builtin_clzll(q);
  const auto ratio = static_cast<std::uint64_t>((static_cast<unsigned __int128>(1) << (bits + 51)) / q);
  return {broadcast(q),
          broadcast(2 * q),
          broadcast((kLow52 + 1) - q),
          broadcast(kLow52),
          broadcast(ratio),
          _mm_cvtsi32_si128(53 - bits),
          _mm_cvtsi32_si128(bits - 1)};
}

// Barrett's: the estimate of the quotient is at most 2 too small.
CIPHERSTREAM_IFMA_INLINE __m512i reduce_short(const Accumulator &sum, const ShortReduction &r) {
  const __m512i top = _mm512_add_epi64(_mm512_sll_epi64(sum.high, r.up), _mm512_srl_epi64(sum.low, r.down));
  const __m512i estimate = _mm512_madd52hi_epu64(_mm512_setzero_si512(), top, r.ratio);
  const __m512i value = _mm512_and_si512(_mm512_madd52lo_epu64(sum.low, estimate, r.minus_q), r.mask);
  return subtract_once(subtract_once(value, r.q2), r.q);
}

// The reduction of a sum whose high word stays below 2^52.
CIPHERSTREAM_IFMA_INLINE __m512i reduce_medium(Accumulator sum, const Reduction &r) {
  carry(sum);
  const __m512i value = _mm512_add_epi64(multiply_lazy(sum.low, broadcast(1), r.one_quotient, r.q),
                                         multiply_lazy(sum.high, r.two52, r.two52_quotient, r.q));
  return subtract_once(subtract_once(value, r.q2), r.q);
}

enum class Length { brief, medium, full };

struct Stretch {
  const Product *one, *two;  // two only in pairs
  std::size_t count;
  bool fresh;  // the first: sums begin with 0 or d
  bool accumulates[2];
  bool last;
  Length length;  // of the whole chain: which reduction will do
};

// Words [k, k + 8 * vectors) of `chains` chains.
template <int vectors, int chains, bool shared, Weights weights>
CIPHERSTREAM_IFMA_INLINE void step(const Stretch &s, std::size_t k, std::size_t in_block, std::size_t index,
                                   unsigned shift, Sums *sums, std::uint64_t *const (&d)[2], const Reduction &reduction,
                                   const ShortReduction &brief) {
  Accumulator sum[chains][vectors];
  if (s.fresh) {
    for (int c = 0; c < chains; c++) {
      for (int v = 0; v < vectors; v++) {
        sum[c][v] = {_mm512_maskz_loadu_epi64(s.accumulates[c] ? 0xff : 0, d[c] + k + 8 * v), _mm512_setzero_si512()};
      }
    }
  } else {
    for (int c = 0; c < chains; c++) {
      for (int v = 0; v < vectors; v++) {
        sum[c][v] = {load(sums[c].low + in_block + 8 * v), load(sums[c].high + in_block + 8 * v)};
      }
    }
  }
  for (std::size_t i = 0; i < s.count; i++) {
    const std::uint64_t *a[2], *b[2];
    for (int c = 0; c < chains; c++) {
      const Product &product = (c == 0 ? s.one : s.two)[i];
      a[c] = product.a + k;
      b[c] = product.b + (weights == Weights::limb ? k : index);
    }
    if (i + kAhead < s.count) {
      for (int v = 0; v < vectors; v++) {
        _mm_prefetch(reinterpret_cast<const char *>(s.one[i + kAhead].a + k + 8 * v), _MM_HINT_T0);
      }
    }
    for (int v = 0; v < vectors; v++) {
      __m512i x = load(a[0] + 8 * v);
      for (int c = 0; c < chains; c++) {
        if (c == 1 && !shared) {
          x = load(a[1] + 8 * v);
        }
        __m512i w;
        if (weights == Weights::limb) {
          w = load(b[c] + 8 * v);
        } else if (weights == Weights::one_for_all) {
          w = broadcast(*b[c]);
        } else {
          const auto away = static_cast<std::ptrdiff_t>(static_cast<unsigned>(v) >> (shift - 3));
          w = broadcast(b[c][weights == Weights::up ? away : -away]);
        }
        accumulate(sum[c][v], x, w);
      }
    }
  }
  for (int c = 0; c < chains; c++) {
    std::uint64_t *const to = d[c] + k;
    if (!s.last) {
      for (int v = 0; v < vectors; v++) {
        carry(sum[c][v]);
        store(sums[c].low + in_block + 8 * v, sum[c][v].low);
        store(sums[c].high + in_block + 8 * v, sum[c][v].high);
      }
    } else if (s.length == Length::brief) {
      for (int v = 0; v < vectors; v++) {
        store(to + 8 * v, reduce_short(sum[c][v], brief));
      }
    } else if (s.length == Length::medium) {
      for (int v = 0; v < vectors; v++) {
        store(to + 8 * v, reduce_medium(sum[c][v], reduction));
      }
    } else {
      for (int v = 0; v < vectors; v++) {
        store(to + 8 * v, reduce(sum[c][v], reduction));
      }
    }
  }
}

template <int vectors, int chains, bool shared>
CIPHERSTREAM_IFMA void run(const Stretch &s, Repeat repeat, Block block, std::size_t degree, Sums *sums,
                           std::uint64_t *const (&d)[2], std::uint64_t q) {
  const Reduction reduction = ifma::reduction(q);
  const ShortReduction brief = short_reduction(q);
  const std::size_t run_words = std::size_t{1} << repeat.shift;
  for (std::size_t j = 0; j < block.count; j += 8 * vectors) {
    const std::size_t k = block.from + j;
    if (repeat.none()) {
      step<vectors, chains, shared, Weights::limb>(s, k, j, 0, 0, sums, d, reduction, brief);
      continue;
    }
    const std::size_t index = repeat.index(k, degree);
    if (run_words >= 8 * vectors) {
      step<vectors, chains, shared, Weights::one_for_all>(s, k, j, index, 0, sums, d, reduction, brief);
    } else if (!repeat.mirrored || k < degree / 2) {
      if (repeat.shift == 3) {
        step<vectors, chains, shared, Weights::up>(s, k, j, index, 3, sums, d, reduction, brief);
      } else {
        step<vectors, chains, shared, Weights::up>(s, k, j, index, 4, sums, d, reduction, brief);
      }
    } else if (repeat.shift == 3) {
      step<vectors, chains, shared, Weights::down>(s, k, j, index, 3, sums, d, reduction, brief);
    } else {
      step<vectors, chains, shared, Weights::down>(s, k, j, index, 4, sums, d, reduction, brief);
    }
  }
}

// d, below q, counts as one more product.
Length length(const ProductChain &chain) {
  const std::size_t terms = chain.count + (chain.accumulate ? 1 : 0);
  if (terms <= std::size_t{1} << std::min(20, 51 - chain.bits)) {
    return Length::brief;  // below 2^(51 + bits of q)
  }
  return terms < 16 ? Length::medium : Length::full;  // a product's high word is below 2^48
}

}  // namespace

CIPHERSTREAM_IFMA void products_ifma(const ProductChain &one, const ProductChain *two, Block block, std::size_t degree,
                                     std::uint64_t q) {
  Sums sums[2];
  std::uint64_t *const d[2] = {one.d, two != nullptr ? two->d : nullptr};
  alignas(64) std::uint64_t spread[2][kBlockWords];
  const Length longest = std::max(length(one), two != nullptr ? length(*two) : Length::brief);
  for (std::size_t i = 0; i < one.count;) {
    const Product *const x = one.products + i;
    const Product *const y = two != nullptr ? two->products + i : x;
    Stretch s = {x, y, 1, i == 0, {one.accumulate, two != nullptr && two->accumulate}, false, longest};
    const bool shared = x->a == y->a;
    Product written_out[2];
    Repeat repeat = x->repeat;
    if (repeat.shift < 3 && !repeat.none()) {
      // Fewer than 8 neighbours share a word: written out, one product at a time.
      for (std::size_t c = 0; c < (two != nullptr ? 2 : 1); c++) {
        written_out[c] = c == 0 ? *x : *y;
        for (std::size_t j = 0; j < block.count; j++) {
          spread[c][j] = written_out[c].b[repeat.index(block.from + j, degree)];
        }
        written_out[c].b = spread[c] - block.from;
      }
      s.one = written_out;
      s.two = written_out + 1;
      repeat = Repeat();
    } else {
      const std::size_t most = std::min(one.count - i, kProductsBetweenCarries);
      while (s.count < most && x[s.count].repeat == repeat && (x[s.count].a == y[s.count].a) == shared) {
        s.count++;
      }
    }
    i += s.count;
    s.last = i == one.count;
    const bool wide = block.count % 32 == 0;
    const auto go = two == nullptr ? (wide ? run<4, 1, true> : run<2, 1, true>)
                    : shared       ? (wide ? run<4, 2, true> : run<2, 2, true>)
                                   : (wide ? run<4, 2, false> : run<2, 2, false>);
    go(s, repeat, block, degree, sums, d, q);
  }
}

}  // namespace cipherstream

#endif
