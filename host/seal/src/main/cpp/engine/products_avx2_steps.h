// Sums of products with AVX2, for any arithmetic: one chain, or two or four that share most operands a.
//
// An Arithmetic A has an Operand, a Sum of words in vectors, and:
//   operand            a vector of an operand's words
//   stored, factor     a word of b as it is gathered, and a vector of such words as an operand
//   sum                a sum that begins with canonical words
//   accumulate         sum + a b
//   folded             a sum's residue, as a sum; at least once in `most` products
//   word               canonical words of a folded sum
//
// A step keeps the sums of 16 or 32 words in registers. Short operands b, which give neighbouring words
// the same factor, are first gathered from their limbs, which are far apart and lie alike in caches.
#pragma once

#if defined(__x86_64__)

#include <algorithm>

#include "avx2.h"
#include "limb_kernels.h"

namespace cipherstream::avx2 {

// Vectors of sums that registers hold.
constexpr int kSums = 8;
// Products of one stretch: what is gathered for them stays in the first-level cache.
constexpr std::size_t kStretch = 64;
// Shortest run of equal factors that is gathered.
constexpr std::size_t kRunMin = 16;

// Operands b of a stretch as they are multiplied by, one for each run of equal factors in a block.
struct Gathered {
  std::uint64_t words[kStretch * kBlockWords / kRunMin];
};

// b's words from k on: where they are, or written out.
template <int vectors>
CIPHERSTREAM_AVX2_INLINE const std::uint64_t *operand_b(const Product &x, std::size_t k, std::size_t degree,
                                                        std::uint64_t (&room)[kLanes * vectors]) {
  if (x.repeat.none()) {
    return x.b + k;
  }
  if (std::size_t{1} << x.repeat.shift >= kLanes * vectors) {
    const __m256i word = broadcast(x.b[x.repeat.index(k, degree)]);
    for (int v = 0; v < vectors; v++) {
      store(room + kLanes * v, word);
    }
  } else {
    for (std::size_t i = 0; i < kLanes * vectors; i++) {
      room[i] = x.b[x.repeat.index(k + i, degree)];
    }
  }
  return room;
}

// Products [from, to) of chains, on a block.
template <int chains>
struct Stretch {
  const ProductChain *chain[chains];
  std::size_t from, to;
  Block block;
  std::size_t degree;
  unsigned shift;    // of the runs that operands b are gathered for
  std::size_t runs;  // of a block
  bool shared;       // every operand a
  const Gathered *gathered[chains];
};

// Words [k, k + 4 * vectors).
template <class A, int vectors, int chains, bool gathers, bool shared>
CIPHERSTREAM_AVX2_INLINE void step(const A &with, const Stretch<chains> &s, std::size_t k) {
  typename A::Sum sum[chains][vectors];
  const std::uint64_t *factors[chains];
  for (int c = 0; c < chains; c++) {
    const bool begun = s.chain[c]->accumulate || s.from != 0;
    for (int v = 0; v < vectors; v++) {
      sum[c][v] = with.sum(begun ? load(s.chain[c]->d + k + kLanes * v) : _mm256_setzero_si256());
    }
    factors[c] = gathers ? s.gathered[c]->words + ((k - s.block.from) >> s.shift) : nullptr;
  }
  for (std::size_t i = s.from; i < s.to;) {
    for (const std::size_t end = std::min(i + with.most, s.to); i < end; i++) {
      const std::uint64_t *a_words[chains], *b_words[chains];
      std::uint64_t room[chains][kLanes * vectors];
      typename A::Operand factor[chains];
      for (int c = 0; c < chains; c++) {
        const Product &x = s.chain[c]->products[i];
        if (c == 0 || !shared) {
          a_words[c] = x.a + k;
        }
        if (gathers) {
          factor[c] = with.factor(broadcast(*factors[c]));
          factors[c] += s.runs;
        } else {
          b_words[c] = operand_b<vectors>(x, k, s.degree, room[c]);
        }
      }
      for (int v = 0; v < vectors; v++) {
        typename A::Operand a = with.operand(load(a_words[0] + kLanes * v));
        for (int c = 0; c < chains; c++) {
          if (c != 0 && !shared) {
            a = with.operand(load(a_words[c] + kLanes * v));
          }
          with.accumulate(sum[c][v], a, gathers ? factor[c] : with.operand(load(b_words[c] + kLanes * v)));
        }
      }
    }
    for (int c = 0; c < chains; c++) {
      for (int v = 0; v < vectors; v++) {
        sum[c][v] = with.folded(sum[c][v]);
      }
    }
  }
  for (int c = 0; c < chains; c++) {
    for (int v = 0; v < vectors; v++) {
      store(s.chain[c]->d + k + kLanes * v, with.word(sum[c][v]));
    }
  }
}

template <int chains>
bool shares_a(const Stretch<chains> &s) {
  for (int c = 1; c < chains; c++) {
    for (std::size_t i = s.from; i < s.to; i++) {
      if (s.chain[c]->products[i].a != s.chain[0]->products[i].a) {
        return false;
      }
    }
  }
  return true;
}

template <class A, int chains>
void gather(const Stretch<chains> &s, Gathered (&gathered)[chains]) {
  for (int c = 0; c < chains; c++) {
    std::uint64_t *to = gathered[c].words;
    for (std::size_t i = s.from; i < s.to; i++) {
      const Product &x = s.chain[c]->products[i];
      for (std::size_t k = s.block.from; k < s.block.from + s.block.count; k += std::size_t{1} << s.shift) {
        *to++ = A::stored(x.b[x.repeat.index(k, s.degree)]);
      }
    }
  }
}

template <class A, int vectors, int chains, bool gathers>
CIPHERSTREAM_AVX2_INLINE void steps(const A &with, const Stretch<chains> &s) {
  for (std::size_t k = s.block.from; k < s.block.from + s.block.count; k += kLanes * vectors) {
    if (s.shared) {
      step<A, vectors, chains, gathers, true>(with, s, k);
    } else {
      step<A, vectors, chains, gathers, false>(with, s, k);
    }
  }
}

template <class A, int vectors, int chains>
CIPHERSTREAM_AVX2_INLINE void run(const A &with, const ProductChain *const (&chain)[chains], Block block,
                                  std::size_t degree) {
  const ProductChain &one = *chain[0];
  const unsigned shift = one.products->repeat.shift;
  const bool gathers = one.alike && std::size_t{1} << shift >= std::max(kRunMin, kLanes * vectors);
  Gathered gathered[chains];
  Stretch<chains> s = {};
  for (int c = 0; c < chains; c++) {
    s.chain[c] = chain[c];
    s.gathered[c] = gathered + c;
  }
  s.block = block;
  s.degree = degree;
  s.shift = shift;
  s.runs = std::max(block.count >> shift, std::size_t{1});
  while (s.to < one.count) {
    s.from = s.to;
    s.to = std::min(s.from + kStretch, one.count);
    s.shared = shares_a(s);
    if (gathers) {
      gather<A>(s, gathered);
      steps<A, vectors, chains, true>(with, s);
    } else {
      steps<A, vectors, chains, false>(with, s);
    }
  }
}

}  // namespace cipherstream::avx2

#endif
