#include "seal_shim.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "handles.h"
#include "seal/util/config.h"
#include "seal/util/galois.h"
#include "seal/util/polyarithsmallmod.h"
#include "seeds.h"

namespace cipherstream {

namespace {

const std::uint8_t *bytes(const int8_t *pointer) { return reinterpret_cast<const std::uint8_t *>(pointer); }

const CipherHandle &cipher_at(int64_t address) { return *reinterpret_cast<const CipherHandle *>(address); }

const std::uint64_t *row_at(int64_t address) { return reinterpret_cast<const std::uint64_t *>(address); }

std::size_t limbs_of(const seal::Ciphertext &cipher) { return cipher.coeff_modulus_size(); }

CipherHandle *give(seal::Ciphertext cipher) { return new CipherHandle(std::move(cipher)); }

// Applies f(sub chain, ciphertext) where the ciphertext carries the sub chain's level identifier.
template <typename Function>
CipherHandle *in_sub_chain(const Chain &chain, std::size_t key_limbs, const seal::Ciphertext &a, Function f) {
  const SubChain &sub = chain.sub(key_limbs);
  const std::size_t limbs = limbs_of(a);
  seal::Ciphertext work = a;
  work.parms_id() = sub.level(limbs);
  f(sub, work);
  work.parms_id() = chain.full().level(limbs);
  return give(std::move(work));
}

// How few words of one limb of a periodic plaintext stand for all: as the host's Repeat.
struct Periodic {
  std::size_t words;
  bool mirrored;

  // Word k is w[r], r = k / (degree / words); or mirrored w[min(r, 2 * words - 1 - r)], with twice
  // as many and half as long runs.
  void write_out(std::uint64_t *full, const std::uint64_t *w, std::size_t degree) const {
    const std::size_t runs = mirrored ? 2 * words : words;
    const std::size_t run = degree / runs;
    for (std::size_t r = 0; r < words; r++) {
      std::fill_n(full + r * run, run, w[r]);
      if (mirrored) {
        std::fill_n(full + (runs - 1 - r) * run, run, w[r]);
      }
    }
  }
};

seal::util::Pointer<std::uint64_t> scratch(std::size_t words) {
  return seal::util::allocate_uint(words, seal::MemoryManager::GetPool(seal::mm_prof_opt::mm_force_global));
}

}  // namespace

const char *seal_version() { return SEAL_VERSION; }
int64_t live_objects() { return Counted::live(); }
int uses_hexl() {
#ifdef SEAL_USE_INTEL_HEXL
  return 1;
#else
  return 0;
#endif
}

EvaluatorContext *context_create(int degree, const int64_t *primes, int count, int specials, bool insecure) {
  return new EvaluatorContext(static_cast<std::size_t>(degree), reinterpret_cast<const std::uint64_t *>(primes),
                              static_cast<std::size_t>(count), static_cast<std::size_t>(specials),
                              insecure ? Security::none : Security::bits128);
}
void context_delete(EvaluatorContext *context) { delete context; }

CipherHandle *cipher_import(const EvaluatorContext *context, int size, int limbs, double scale, const int8_t *words) {
  seal::Ciphertext cipher =
      context->chain.allocate(static_cast<std::size_t>(size), static_cast<std::size_t>(limbs), scale);
  std::memcpy(cipher.data(), words, cipher.size() * limbs_of(cipher) * context->chain.degree() * sizeof(std::uint64_t));
  return give(std::move(cipher));
}

void cipher_copy_words(const CipherHandle *cipher, int8_t *destination) {
  const seal::Ciphertext &value = cipher->value;
  std::memcpy(destination, value.data(),
              value.size() * limbs_of(value) * value.poly_modulus_degree() * sizeof(std::uint64_t));
}

void cipher_delete(CipherHandle *cipher) { delete cipher; }

PlainHandle *plain_encode(const EvaluatorContext *context, const double *slots, int count, int limbs, double scale) {
  const auto size = static_cast<std::size_t>(limbs);
  const std::vector<double> values(slots, slots + count);
  seal::Plaintext plain;
  const_cast<EvaluatorContext *>(context)->encoder.encode(values, context->chain.full().level(size), scale, plain);
  return new PlainHandle(std::move(plain));
}

void plain_copy_words(const PlainHandle *plain, int8_t *destination) {
  std::memcpy(destination, plain->value.data(), plain->value.coeff_count() * sizeof(std::uint64_t));
}

void plain_delete(PlainHandle *plain) { delete plain; }

CipherHandle *cipher_add(const EvaluatorContext *context, const CipherHandle *a, const CipherHandle *b) {
  seal::Ciphertext result = a->value;
  result.scale() = b->value.scale();  // equal within the caller's tolerance, wider than SEAL's
  context->chain.full().evaluator.add_inplace(result, b->value);
  result.scale() = a->value.scale();
  return give(std::move(result));
}

CipherHandle *cipher_subtract(const EvaluatorContext *context, const CipherHandle *a, const CipherHandle *b) {
  seal::Ciphertext result = a->value;
  result.scale() = b->value.scale();
  context->chain.full().evaluator.sub_inplace(result, b->value);
  result.scale() = a->value.scale();
  return give(std::move(result));
}

CipherHandle *cipher_sum(const EvaluatorContext *context, const int64_t *terms, int count) {
  seal::Ciphertext result = cipher_at(terms[0]).value;
  for (int i = 1; i < count; i++) {
    const seal::Ciphertext &term = cipher_at(terms[i]).value;
    result.scale() = term.scale();
    context->chain.full().evaluator.add_inplace(result, term);
  }
  result.scale() = cipher_at(terms[0]).value.scale();
  return give(std::move(result));
}

CipherHandle *cipher_add_plain(const EvaluatorContext *context, const CipherHandle *a, const PlainHandle *b) {
  const std::size_t degree = context->chain.degree();
  seal::Ciphertext result = a->value;
  for (std::size_t limb = 0; limb < limbs_of(result); limb++) {
    std::uint64_t *words = result.data(0) + limb * degree;
    seal::util::add_poly_coeffmod(words, b->value.data() + limb * degree, degree, context->chain.prime(limb), words);
  }
  return give(std::move(result));
}

CipherHandle *cipher_add_periodic(const EvaluatorContext *context, const CipherHandle *a, int64_t row, int words,
                                  bool mirrored) {
  const std::size_t degree = context->chain.degree();
  const Periodic periodic{static_cast<std::size_t>(words), mirrored};
  const auto full = scratch(degree);
  seal::Ciphertext result = a->value;
  for (std::size_t limb = 0; limb < limbs_of(result); limb++) {
    std::uint64_t *sum = result.data(0) + limb * degree;
    periodic.write_out(full.get(), row_at(row) + limb * periodic.words, degree);
    seal::util::add_poly_coeffmod(sum, full.get(), degree, context->chain.prime(limb), sum);
  }
  return give(std::move(result));
}

CipherHandle *cipher_multiply_plain(const EvaluatorContext *context, const CipherHandle *a, const PlainHandle *b) {
  const Chain &chain = context->chain;
  const seal::Ciphertext &x = a->value;
  const std::size_t limbs = limbs_of(x);
  seal::Ciphertext result = chain.allocate(x.size(), limbs, x.scale() * b->value.scale());
  for (std::size_t p = 0; p < x.size(); p++) {
    for (std::size_t limb = 0; limb < limbs; limb++) {
      const std::size_t at = limb * chain.degree();
      seal::util::dyadic_product_coeffmod(x.data(p) + at, b->value.data() + at, chain.degree(), chain.prime(limb),
                                          result.data(p) + at);
    }
  }
  return give(std::move(result));
}

CipherHandle *cipher_sum_of_plain_products(const EvaluatorContext *context, const int64_t *x, const int64_t *rows,
                                           int count, int words, bool mirrored, double scale) {
  const Chain &chain = context->chain;
  const std::size_t degree = chain.degree();
  const Periodic periodic{static_cast<std::size_t>(words), mirrored};
  const std::size_t limbs = limbs_of(cipher_at(x[0]).value);
  seal::Ciphertext result = chain.allocate(cipher_at(x[0]).value.size(), limbs, scale);
  const auto full = scratch(degree), product = scratch(degree);
  for (std::size_t limb = 0; limb < limbs; limb++) {
    const seal::Modulus &q = chain.prime(limb);
    for (int i = 0; i < count; i++) {
      periodic.write_out(full.get(), row_at(rows[i]) + limb * periodic.words, degree);
      for (std::size_t p = 0; p < result.size(); p++) {
        const std::uint64_t *factor = cipher_at(x[i]).value.data(p) + limb * degree;
        std::uint64_t *sum = result.data(p) + limb * degree;
        if (i == 0) {
          seal::util::dyadic_product_coeffmod(factor, full.get(), degree, q, sum);
        } else {
          seal::util::dyadic_product_coeffmod(factor, full.get(), degree, q, product.get());
          seal::util::add_poly_coeffmod(sum, product.get(), degree, q, sum);
        }
      }
    }
  }
  return give(std::move(result));
}

CipherHandle *cipher_sum_of_products(const EvaluatorContext *context, const int64_t *a, const int64_t *b, int count,
                                     double scale) {
  const seal::Evaluator &evaluator = context->chain.full().evaluator;
  seal::Ciphertext result, product;
  evaluator.multiply(cipher_at(a[0]).value, cipher_at(b[0]).value, result);
  for (int i = 1; i < count; i++) {
    evaluator.multiply(cipher_at(a[i]).value, cipher_at(b[i]).value, product);
    product.scale() = result.scale();  // equal within the caller's tolerance
    evaluator.add_inplace(result, product);
  }
  result.scale() = scale;
  return give(std::move(result));
}

CipherHandle *cipher_sum_of_multiples(const EvaluatorContext *context, const int64_t *x, const int *entries, int count,
                                      double scale) {
  const Chain &chain = context->chain;
  const std::size_t degree = chain.degree();
  const std::size_t limbs = limbs_of(cipher_at(x[0]).value);
  seal::Ciphertext result = chain.allocate(cipher_at(x[0]).value.size(), limbs, scale);
  const auto product = scratch(degree);
  for (std::size_t limb = 0; limb < limbs; limb++) {
    const seal::Modulus &q = chain.prime(limb);
    for (std::size_t p = 0; p < result.size(); p++) {
      std::uint64_t *sum = result.data(p) + limb * degree;
      std::fill(sum, sum + degree, std::uint64_t{0});
      for (int i = 0; i < count; i++) {
        if (entries[i] == 0) {
          continue;
        }
        const auto size = static_cast<std::uint64_t>(std::abs(static_cast<std::int64_t>(entries[i])));
        const std::uint64_t factor = entries[i] < 0 ? q.value() - size : size;
        const std::uint64_t *words = cipher_at(x[i]).value.data(p) + limb * degree;
        seal::util::multiply_poly_scalar_coeffmod(words, degree, factor, q, product.get());
        seal::util::add_poly_coeffmod(sum, product.get(), degree, q, sum);
      }
    }
  }
  return give(std::move(result));
}

CipherHandle *reference_multiply_plain(const EvaluatorContext *context, const CipherHandle *a, const int8_t *words,
                                       double scale) {
  const std::size_t count = limbs_of(a->value) * context->chain.degree();
  seal::Plaintext plain;
  plain.resize(count);
  std::memcpy(plain.data(), words, count * sizeof(std::uint64_t));
  plain.parms_id() = a->value.parms_id();
  plain.scale() = scale;
  seal::Ciphertext result;
  context->chain.full().evaluator.multiply_plain(a->value, plain, result);
  return give(std::move(result));
}

CipherHandle *cipher_rescale(const EvaluatorContext *context, const CipherHandle *a) {
  seal::Ciphertext result;
  context->chain.full().evaluator.rescale_to_next(a->value, result);
  return give(std::move(result));
}

CipherHandle *cipher_drop_to(const EvaluatorContext *context, const CipherHandle *a, int limbs) {
  const Chain &chain = context->chain;
  const seal::Ciphertext &x = a->value;
  seal::Ciphertext result = chain.allocate(x.size(), static_cast<std::size_t>(limbs), x.scale());
  for (std::size_t p = 0; p < x.size(); p++) {
    std::memcpy(result.data(p), x.data(p), static_cast<std::size_t>(limbs) * chain.degree() * sizeof(std::uint64_t));
  }
  return give(std::move(result));
}

CipherHandle *cipher_relinearize(const EvaluatorContext *context, const CipherHandle *a, const KeysHandle *keys) {
  return in_sub_chain(context->chain, keys->relinearization_limbs, a->value,
                      [keys](const SubChain &sub, seal::Ciphertext &work) {
                        sub.evaluator.relinearize_inplace(work, keys->relinearization);
                      });
}

CipherHandle *cipher_rotate(const EvaluatorContext *context, const CipherHandle *a, int step, const KeysHandle *keys,
                            int key_limbs) {
  const auto limbs = static_cast<std::size_t>(key_limbs);
  return in_sub_chain(context->chain, limbs, a->value,
                      [keys, limbs, step](const SubChain &sub, seal::Ciphertext &work) {
                        sub.evaluator.apply_galois_inplace(work, sub.galois_element(step), keys->rotations.at(limbs));
                      });
}

void seed_expand(const EvaluatorContext *context, int limbs, const int8_t *seed, int8_t *words) {
  const SubChain &full = context->chain.full();
  const auto level = full.context.get_context_data(full.level(static_cast<std::size_t>(limbs)));
  expand_seed(bytes(seed), level->parms(), reinterpret_cast<std::uint64_t *>(words));
}

void words_add_encryption_of_zero(const EvaluatorContext *context, int limbs, const KeysHandle *keys, int8_t *words) {
  context->zero().add(*keys->public_key, static_cast<std::size_t>(limbs), reinterpret_cast<std::uint64_t *>(words));
}

}  // namespace cipherstream
