#include "ntt_avx2.h"

#if defined(__x86_64__)

#include "avx2_doubles.h"
#include "ntt_avx2_passes.h"
#include "seal/util/common.h"
#include "seal/util/uintarithsmallmod.h"

namespace cipherstream {

using namespace avx2;

namespace {

// Primes from here on are guarded: their words are reduced more often.
constexpr std::uint64_t kGuarded = std::uint64_t{1} << 48;

// Bounds B of words, in multiples of p. A product is at most 1/2 + B/16 of what it multiplied, which
// may be up to 4; for primes below 2^48, 1/2 + B/64 and up to 16.
//
// Forward, a layer adds a product to a word. Guarded, a pass begins with the words that it does not
// multiply at 1/2: if all were below 1.75, they come to 1/2 + 0.61 and then to 1.11 + 0.57 < 1.75, and
// after the tail's three layers to 2.3. A layer on its own before all passes makes 1 into 1.57. Not
// guarded, sixteen layers lead from 1 to 10.3 at most.
//
// Back, a layer multiplies the difference of two words, and adds them. Guarded, a pass that begins
// with 0.7 or less multiplies 1.4 and 2.8; then the sum of sums, 2.8, and the sum of products, 1.2, are
// reduced to 1/2, and the products are below 0.7. In the tail, canonical words, 1, are multiplied as 2
// and as 4, then what adds two of these is reduced; the products are at most 1/2 + 4/16, so the last
// layer multiplies 1.5 and leaves 1/2 and 0.6.
// Not guarded, only sums of sums are reduced: a pass begins with 1.2 or less, multiplies 2.4 and 4.8 and
// leaves at most 1/2, 1 + 2.4/32, 1/2 + 4.8/64 and less. In the tail the products of the second layer
// are at most 1/2 + 4/64, so the third leaves 1.13 and 0.6.
template <bool guarded>
struct Transform {
  using Vector = __m256d;
  using Factor = doubles::Factor;

  doubles::Prime p;
  const double *roots, *quotients;

  CIPHERSTREAM_AVX2_INLINE Vector enter(const std::uint64_t *words) const {
    return doubles::from_words(avx2::load(words));
  }
  CIPHERSTREAM_AVX2_INLINE void leave(std::uint64_t *words, Vector x) const {
    avx2::store(words, p.canonical(p.reduced(x)));
  }
  CIPHERSTREAM_AVX2_INLINE Vector load(const std::uint64_t *words) const { return doubles::load(words); }
  CIPHERSTREAM_AVX2_INLINE void store(std::uint64_t *words, Vector x) const { doubles::store(words, x); }

  CIPHERSTREAM_AVX2_INLINE Factor one(std::size_t k) const {
    return {_mm256_broadcast_sd(roots + k), _mm256_broadcast_sd(quotients + k)};
  }
  CIPHERSTREAM_AVX2_INLINE static Vector two_by_two(const double *of) {
    const __m256d pair = _mm256_broadcast_pd(reinterpret_cast<const __m128d *>(of));
    return _mm256_permute_pd(pair, 0xc);
  }
  CIPHERSTREAM_AVX2_INLINE Factor two(std::size_t k) const {
    return {two_by_two(roots + k), two_by_two(quotients + k)};
  }
  CIPHERSTREAM_AVX2_INLINE Factor four(std::size_t k) const {
    return {_mm256_loadu_pd(roots + k), _mm256_loadu_pd(quotients + k)};
  }

  CIPHERSTREAM_AVX2_INLINE void forward(Vector &x, Vector &y, const Factor &w) const {
    const Vector u = x, v = p.times(y, w);
    x = _mm256_add_pd(u, v);
    y = _mm256_sub_pd(u, v);
  }
  CIPHERSTREAM_AVX2_INLINE void back(Vector &x, Vector &y, const Factor &w) const {
    const Vector difference = _mm256_sub_pd(x, y);
    x = _mm256_add_pd(x, y);
    y = p.times(difference, w);
  }
  CIPHERSTREAM_AVX2_INLINE void last(Vector &x, Vector &y, const Factor &scale, const Factor &w) const {
    back(x, y, w);
    x = p.times(x, scale);
  }

  CIPHERSTREAM_AVX2_INLINE Vector before_layers(Vector x) const { return guarded ? p.reduced(x) : x; }
  CIPHERSTREAM_AVX2_INLINE Vector sum_of_sums(Vector x) const { return p.reduced(x); }
  CIPHERSTREAM_AVX2_INLINE Vector other_sum(Vector x) const { return guarded ? p.reduced(x) : x; }

  CIPHERSTREAM_AVX2_INLINE void halves(Vector &a, Vector &b) const {
    const Vector low = _mm256_permute2f128_pd(a, b, 0x20);
    b = _mm256_permute2f128_pd(a, b, 0x31);
    a = low;
  }
  CIPHERSTREAM_AVX2_INLINE void quarters(Vector &a, Vector &b) const {
    const Vector low = _mm256_unpacklo_pd(a, b);
    b = _mm256_unpackhi_pd(a, b);
    a = low;
  }
};

// Words below 2^52, of any other modulus, and a constant added to them: 1 or less.
template <bool guarded>
struct LiftedTransform : Transform<guarded> {
  __m256d constant;  // centred

  CIPHERSTREAM_AVX2_INLINE __m256d enter(const std::uint64_t *words) const {
    return _mm256_add_pd(this->p.reduced(doubles::from_words(avx2::load(words))), constant);
  }
};

template <bool guarded>
CIPHERSTREAM_AVX2 void run_forward(std::uint64_t *d, const std::uint64_t *a, std::size_t degree, std::uint64_t p,
                                   const double *roots, const double *quotients) {
  const Transform<guarded> transform = {doubles::Prime(p), roots, quotients};
  avx2::forward(transform, a, d, degree);
}

template <bool guarded>
CIPHERSTREAM_AVX2 void run_lifted(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant, std::size_t degree,
                                  std::uint64_t p, const double *roots, const double *quotients) {
  const LiftedTransform<guarded> transform = {{doubles::Prime(p), roots, quotients},
                                              _mm256_set1_pd(doubles::centred(constant, p))};
  avx2::forward(transform, a, d, degree);
}

template <bool guarded>
CIPHERSTREAM_AVX2 void run_inverse(std::uint64_t *d, const std::uint64_t *a, std::size_t degree, std::uint64_t p,
                                   const double *roots, const double *quotients, std::uint64_t scale,
                                   std::uint64_t scaled_root) {
  const Transform<guarded> transform = {doubles::Prime(p), roots, quotients};
  avx2::inverse(transform, a, d, degree, transform.p.factor(scale, p), transform.p.factor(scaled_root, p));
}

}  // namespace

Avx2Ntt::Avx2Ntt(std::size_t degree, std::uint64_t p, std::uint64_t psi)
    : degree_(degree), p_(p), roots_(degree), quotients_(degree), inverse_roots_(degree), inverse_quotients_(degree) {
  const seal::Modulus modulus(p);
  const auto product = [&](std::uint64_t a, std::uint64_t b) { return seal::util::multiply_uint_mod(a, b, modulus); };
  const auto inverse_of = [&](std::uint64_t a) { return seal::util::exponentiate_uint_mod(a, p - 2, modulus); };
  const int bits = __builtin_ctzll(degree);
  const std::uint64_t back = inverse_of(psi);
  std::uint64_t root = 1, inverse = 1;
  for (std::size_t i = 0; i < degree; i++) {
    const std::size_t k = seal::util::reverse_bits(i, bits);
    roots_[k] = doubles::centred(root, p);
    quotients_[k] = roots_[k] / static_cast<double>(p);
    inverse_roots_[k] = doubles::centred(inverse, p);
    inverse_quotients_[k] = inverse_roots_[k] / static_cast<double>(p);
    root = product(root, psi);
    inverse = product(inverse, back);
  }
  degree_inverse_ = inverse_of(degree % p);
  last_root_ = product(degree_inverse_, seal::util::exponentiate_uint_mod(back, degree / 2, modulus));
}

void Avx2Ntt::forward(std::uint64_t *d, const std::uint64_t *a) const {
  const auto run = p_ < kGuarded ? run_forward<false> : run_forward<true>;
  run(d, a, degree_, p_, roots_.data(), quotients_.data());
}

void Avx2Ntt::forward_of_lifted(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant) const {
  forward_of_lifted(d, a, constant, degree_);
}

void Avx2Ntt::forward_of_lifted(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                                std::size_t size) const {
  const auto run = p_ < kGuarded ? run_lifted<false> : run_lifted<true>;
  run(d, a, constant, size, p_, roots_.data(), quotients_.data());
}

void Avx2Ntt::inverse(std::uint64_t *d, const std::uint64_t *a) const {
  const auto run = p_ < kGuarded ? run_inverse<false> : run_inverse<true>;
  run(d, a, degree_, p_, inverse_roots_.data(), inverse_quotients_.data(), degree_inverse_, last_root_);
}

}  // namespace cipherstream

#endif
