// The AVX2 transforms' way through a limb, for any arithmetic: Cooley-Tukey forward, Gentleman-Sande
// back; two layers a pass over memory, the three layers with fewer than eight neighbours on eight
// words in registers, and block after block as soon as one fits the first-level cache.
//
// An Arithmetic A has a Vector and a Factor, and:
//   enter, leave             a word's vector from canonical words, and back
//   load, store              a vector between passes
//   one, two, four           roots: one for all lanes, two neighbours in two lanes each, four
//   forward, back            butterflies: x + w y, x - w y; and x + y, w (x - y)
//   last                     back, with the sum times a factor too
//   before_layers            on operands that a pass of two layers forward does not multiply
//   sum_of_sums, other_sum   on operands that no factor came to in two layers back, and in one
//   halves, quarters         (0 1 2 3)(4 5 6 7) to (0 1 4 5)(2 3 6 7), to (0 2 4 6)(1 3 5 7); and back
#pragma once

#if defined(__x86_64__)

#include "avx2.h"

namespace cipherstream::avx2 {

// Words of the last three layers' blocks.
constexpr std::size_t kTail = 8;
// Words of a block that stays in the first-level cache.
constexpr std::size_t kNear = 2048;

// Layer 1 of an odd number of layers before the tail.
template <class A>
CIPHERSTREAM_AVX2_INLINE void forward_first(const A &with, const std::uint64_t *in, std::uint64_t *x, std::size_t t) {
  const typename A::Factor w = with.one(1);
  for (std::size_t j = 0; j < t; j += kLanes) {
    typename A::Vector a = with.enter(in + j), b = with.enter(in + t + j);
    with.forward(a, b, w);
    with.store(x + j, a);
    with.store(x + t + j, b);
  }
}

// The layers of blocks [from, to) of m with 4 t words each, and of 2 m blocks with half of them.
template <bool first, class A>
CIPHERSTREAM_AVX2_INLINE void forward_pass(const A &with, const std::uint64_t *in, std::uint64_t *x, std::size_t m,
                                           std::size_t t, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; i++) {
    const typename A::Factor w = with.one(m + i), left = with.one(2 * (m + i)), right = with.one(2 * (m + i) + 1);
    std::uint64_t *const block = x + 4 * t * i;
    for (std::size_t j = 0; j < t; j += kLanes) {
      typename A::Vector a, b, c, d;
      if (first) {
        a = with.enter(in + j), b = with.enter(in + t + j);
        c = with.enter(in + 2 * t + j), d = with.enter(in + 3 * t + j);
      } else {
        a = with.load(block + j), b = with.load(block + t + j);
        c = with.load(block + 2 * t + j), d = with.load(block + 3 * t + j);
      }
      a = with.before_layers(a);
      b = with.before_layers(b);
      with.forward(a, c, w);
      with.forward(b, d, w);
      with.forward(a, b, left);
      with.forward(c, d, right);
      with.store(block + j, a);
      with.store(block + t + j, b);
      with.store(block + 2 * t + j, c);
      with.store(block + 3 * t + j, d);
    }
  }
}

// The last three layers, on blocks [from, to) of m with eight words each.
template <class A>
CIPHERSTREAM_AVX2_INLINE void forward_tail(const A &with, std::uint64_t *x, std::size_t m, std::size_t from,
                                           std::size_t to) {
  for (std::size_t i = from; i < to; i++) {
    typename A::Vector a = with.load(x + kTail * i), b = with.load(x + kTail * i + kLanes);
    a = with.before_layers(a);
    with.forward(a, b, with.one(m + i));
    with.halves(a, b);
    with.forward(a, b, with.two(2 * (m + i)));
    with.quarters(a, b);
    with.forward(a, b, with.four(4 * (m + i)));
    with.quarters(a, b);
    with.halves(a, b);
    with.leave(x + kTail * i, a);
    with.leave(x + kTail * i + kLanes, b);
  }
}

template <class A>
CIPHERSTREAM_AVX2_INLINE void forward(const A &with, const std::uint64_t *in, std::uint64_t *x, std::size_t degree) {
  const std::size_t tails = degree / kTail;
  std::size_t m, t;  // m blocks of t words are next
  if (__builtin_ctzll(tails) % 2 != 0) {
    forward_first(with, in, x, degree / 2);
    m = 2;
  } else {
    forward_pass<true>(with, in, x, 1, degree / 4, 0, 1);
    m = 4;
  }
  for (t = degree / m; t > kNear; m *= 4, t /= 4) {
    forward_pass<false>(with, x, x, m, t / 4, 0, m);
  }
  for (std::size_t block = 0; block < m; block++) {
    std::size_t part = 1;
    for (; m * part < tails; part *= 4) {
      forward_pass<false>(with, x, x, m * part, t / part / 4, block * part, (block + 1) * part);
    }
    forward_tail(with, x, tails, block * part, (block + 1) * part);
  }
}

template <class A>
CIPHERSTREAM_AVX2_INLINE void back_tail(const A &with, const std::uint64_t *in, std::uint64_t *x, std::size_t m,
                                        std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; i++) {
    typename A::Vector a = with.enter(in + kTail * i), b = with.enter(in + kTail * i + kLanes);
    with.halves(a, b);
    with.quarters(a, b);
    with.back(a, b, with.four(4 * (m + i)));
    with.quarters(a, b);
    with.back(a, b, with.two(2 * (m + i)));
    a = with.sum_of_sums(a);
    with.halves(a, b);
    with.back(a, b, with.one(m + i));
    a = with.other_sum(a);
    with.store(x + kTail * i, a);
    with.store(x + kTail * i + kLanes, b);
  }
}

// The layers of 2 m blocks with 2 t words each, and of blocks [from, to) of m with 4 t words.
template <class A>
CIPHERSTREAM_AVX2_INLINE void back_pass(const A &with, std::uint64_t *x, std::size_t m, std::size_t t, std::size_t from,
                                        std::size_t to) {
  for (std::size_t i = from; i < to; i++) {
    const typename A::Factor w = with.one(m + i), left = with.one(2 * (m + i)), right = with.one(2 * (m + i) + 1);
    std::uint64_t *const block = x + 4 * t * i;
    for (std::size_t j = 0; j < t; j += kLanes) {
      typename A::Vector a = with.load(block + j), b = with.load(block + t + j);
      typename A::Vector c = with.load(block + 2 * t + j), d = with.load(block + 3 * t + j);
      with.back(a, b, left);
      with.back(c, d, right);
      with.back(a, c, w);
      with.back(b, d, w);
      with.store(block + j, with.sum_of_sums(a));
      with.store(block + t + j, with.other_sum(b));
      with.store(block + 2 * t + j, c);
      with.store(block + 3 * t + j, d);
    }
  }
}

// The last pass, on four quarters of t words: its last layer divides by N.
template <class A>
CIPHERSTREAM_AVX2_INLINE void back_last_pass(const A &with, std::uint64_t *x, std::size_t t,
                                             const typename A::Factor &scale, const typename A::Factor &scaled_root) {
  const typename A::Factor left = with.one(2), right = with.one(3);
  for (std::size_t j = 0; j < t; j += kLanes) {
    typename A::Vector a = with.load(x + j), b = with.load(x + t + j);
    typename A::Vector c = with.load(x + 2 * t + j), d = with.load(x + 3 * t + j);
    with.back(a, b, left);
    with.back(c, d, right);
    with.last(a, c, scale, scaled_root);
    with.last(b, d, scale, scaled_root);
    with.leave(x + j, a);
    with.leave(x + t + j, b);
    with.leave(x + 2 * t + j, c);
    with.leave(x + 3 * t + j, d);
  }
}

// The last layer alone, on two halves of t words.
template <class A>
CIPHERSTREAM_AVX2_INLINE void back_last_layer(const A &with, std::uint64_t *x, std::size_t t,
                                              const typename A::Factor &scale, const typename A::Factor &scaled_root) {
  for (std::size_t j = 0; j < t; j += kLanes) {
    typename A::Vector a = with.load(x + j), b = with.load(x + t + j);
    with.last(a, b, scale, scaled_root);
    with.leave(x + j, a);
    with.leave(x + t + j, b);
  }
}

// scale: 1/N; scaled_root: root 1 over N.
template <class A>
CIPHERSTREAM_AVX2_INLINE void inverse(const A &with, const std::uint64_t *in, std::uint64_t *x, std::size_t degree,
                                      const typename A::Factor &scale, const typename A::Factor &scaled_root) {
  const std::size_t tails = degree / kTail;
  const bool odd = __builtin_ctzll(tails) % 2 != 0;
  std::size_t m = odd ? 2 : 4;  // blocks that stay near until they are done
  while (degree / m > kNear) {
    m *= 4;
  }
  for (std::size_t block = 0; block < m; block++) {
    std::size_t part = tails / m;
    back_tail(with, in, x, tails, block * part, (block + 1) * part);
    for (; part > 1;) {
      part /= 4;
      back_pass(with, x, m * part, degree / (m * part) / 4, block * part, (block + 1) * part);
    }
  }
  while (m > 4) {
    m /= 4;
    back_pass(with, x, m, degree / m / 4, 0, m);
  }
  if (odd) {
    back_last_layer(with, x, degree / 2, scale, scaled_root);
  } else {
    back_last_pass(with, x, degree / 4, scale, scaled_root);
  }
}

}  // namespace cipherstream::avx2

#endif
