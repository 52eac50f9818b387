// Key-switching keys and public keys from raw words and seeds; no SEAL loader is involved.
#include <cstring>
#include <stdexcept>
#include <string>

#include "handles.h"
#include "seal/util/galois.h"
#include "seal_shim.h"
#include "seeds.h"

namespace cipherstream {

namespace {

const std::uint8_t *bytes(const int8_t *pointer) { return reinterpret_cast<const std::uint8_t *>(pointer); }

// A two-polynomial ciphertext at the key level of the truncation to `limbs`; c1 not set.
seal::Ciphertext key_ciphertext(const KeysHandle &keys, std::size_t limbs, const int8_t *c0) {
  const SubChain &sub = keys.chain->sub(limbs);
  seal::Ciphertext cipher(keys.pool);
  cipher.resize(sub.context, sub.context.key_parms_id(), 2);
  cipher.is_ntt_form() = true;
  cipher.scale() = 1.0;
  copy_checked(cipher.data(0), bytes(c0), keys.chain->degree(), sub.key_parameters().coeff_modulus(),
               limbs + keys.chain->specials());
  return cipher;
}

seal::Ciphertext seeded(const KeysHandle &keys, std::size_t limbs, const int8_t *c0, const int8_t *seed) {
  seal::Ciphertext cipher = key_ciphertext(keys, limbs, c0);
  expand_seed(bytes(seed), keys.chain->sub(limbs).key_parameters(), cipher.data(1));
  return cipher;
}

std::vector<seal::PublicKey> &digits(KeysHandle &keys, int step, std::size_t limbs) {
  const SubChain &sub = keys.chain->sub(limbs);
  if (step == 0) {
    keys.relinearization.parms_id() = sub.context.key_parms_id();
    keys.relinearization.data().resize(1);
    keys.relinearization_limbs = limbs;
    return keys.relinearization.data()[0];
  }
  const auto element = sub.galois_element(step);
  seal::GaloisKeys &rotations = keys.rotations[limbs];
  rotations.parms_id() = sub.context.key_parms_id();
  const std::size_t index = seal::GaloisKeys::get_index(element);
  if (rotations.data().size() <= index) {
    rotations.data().resize(keys.chain->degree());
  }
  return rotations.data()[index];
}

// Digits come in order.
void check_order(int step, int digit, std::size_t given, std::size_t expected) {
  if (given != static_cast<std::size_t>(digit) || given >= expected) {
    throw std::invalid_argument("SHAPE|digit " + std::to_string(digit) + " of the key for step " +
                                std::to_string(step) + ": expected digit " + std::to_string(given) + " of " +
                                std::to_string(expected));
  }
}

void append(KeysHandle &keys, int step, std::size_t limbs, int digit, seal::Ciphertext cipher) {
  auto &key = digits(keys, step, limbs);
  const std::size_t expected = keys.chain->digits(limbs);
  check_order(step, digit, key.size(), expected);
  key.reserve(expected);
  key.emplace_back();
  key.back().data() = std::move(cipher);
}

// Whether keys are of SEAL's form and belong to its key sets.
bool seals_own(const KeysHandle &keys) { return keys.chain->specials() == 1; }

// The block of a key, which is begun with its first digit.
KeyBlock &block(KeysHandle &keys, int step, std::size_t limbs) {
  const std::uint32_t element = step == 0 ? 0 : keys.chain->sub(limbs).galois_element(step);
  KeyBlock &block = keys.blocks[{element, limbs}];
  if (block.words == nullptr) {
    constexpr std::size_t line = 64;
    block.digit_words = 2 * (limbs + keys.chain->specials()) * keys.chain->degree();
    const std::size_t words = keys.chain->digits(limbs) * block.digit_words;
    block.memory = seal::DynArray<std::uint64_t>(words + line / sizeof(std::uint64_t), keys.pool);
    const auto at = reinterpret_cast<std::uintptr_t>(block.memory.begin());
    block.words = block.memory.begin() + (line - at % line) % line / sizeof(std::uint64_t);
  }
  return block;
}

// Adds a digit to a block: c0, and c1 from a seed or, where that is null, from the words behind c0.
void append_words(KeysHandle &keys, int step, std::size_t limbs, int digit, const int8_t *c0, const int8_t *seed) {
  KeyBlock &key = block(keys, step, limbs);
  check_order(step, digit, key.digits, keys.chain->digits(limbs));
  const auto &parameters = keys.chain->sub(limbs).key_parameters();
  const std::size_t primes = limbs + keys.chain->specials(), degree = keys.chain->degree();
  std::uint64_t *first = key.words + key.digits * key.digit_words, *second = first + primes * degree;
  copy_checked(first, bytes(c0), degree, parameters.coeff_modulus(), primes);
  if (seed != nullptr) {
    expand_seed(bytes(seed), parameters, second);
  } else {
    copy_checked(second, bytes(c0) + primes * degree * sizeof(std::uint64_t), degree, parameters.coeff_modulus(),
                 primes);
  }
  ++key.digits;
}

// The block of a key that was given; null where there is none.
const KeyBlock *found_block(const KeysHandle &keys, int element, int limbs) {
  const auto found = keys.blocks.find({static_cast<std::uint32_t>(element), static_cast<std::size_t>(limbs)});
  return found == keys.blocks.end() ? nullptr : &found->second;
}

void check_digit(std::size_t digit, std::size_t digits, int limbs) {
  if (digit >= digits) {
    throw std::invalid_argument("SHAPE|digit " + std::to_string(digit) + " of a key of " + std::to_string(digits) +
                                " digits for " + std::to_string(limbs) + " limbs");
  }
}

// The digits of a key that was given.
const std::vector<seal::PublicKey> &stored(const KeysHandle &keys, std::uint32_t element, std::size_t limbs) {
  if (element == 0) {
    if (keys.relinearization_limbs == limbs) {
      return keys.relinearization.data().at(0);
    }
  } else {
    const auto found = keys.rotations.find(limbs);
    if (found != keys.rotations.end() && found->second.has_key(element)) {
      return found->second.key(element);
    }
  }
  throw std::invalid_argument("KEY_MISSING|no key for the Galois element " + std::to_string(element) + " and " +
                              std::to_string(limbs) + " limbs");
}

}  // namespace

KeysHandle *keys_create(const EvaluatorContext *context) { return new KeysHandle(context); }

void keys_add_digit(KeysHandle *keys, int step, int limbs, int digit, const int8_t *c0, const int8_t *seed) {
  const auto count = static_cast<std::size_t>(limbs);
  if (!seals_own(*keys)) {
    append_words(*keys, step, count, digit, c0, seed);
    return;
  }
  append(*keys, step, count, digit, seeded(*keys, count, c0, seed));
}

void keys_add_digit_words(KeysHandle *keys, int step, int limbs, int digit, const int8_t *words) {
  const auto count = static_cast<std::size_t>(limbs);
  if (!seals_own(*keys)) {
    append_words(*keys, step, count, digit, words, nullptr);
    return;
  }
  const std::size_t degree = keys->chain->degree();
  const std::size_t primes = count + keys->chain->specials();
  seal::Ciphertext cipher = key_ciphertext(*keys, count, words);
  copy_checked(cipher.data(1), bytes(words) + primes * degree * sizeof(std::uint64_t), degree,
               keys->chain->sub(count).key_parameters().coeff_modulus(), primes);
  append(*keys, step, count, digit, std::move(cipher));
}

void keys_set_public(KeysHandle *keys, int limbs, const int8_t *c0, const int8_t *seed) {
  const auto count = static_cast<std::size_t>(limbs);
  auto key = std::make_unique<seal::PublicKey>();
  key->data() = seeded(*keys, count, c0, seed);
  keys->public_key = std::move(key);
  keys->public_limbs = count;
}

void keys_copy_digit(const KeysHandle *keys, int element, int limbs, int digit, int8_t *destination) {
  // The context may be gone: a finished key set outlives it, so its chain is not asked.
  const auto count = static_cast<std::size_t>(limbs), index = static_cast<std::size_t>(digit);
  if (const KeyBlock *block = found_block(*keys, element, limbs)) {
    check_digit(index, block->digits, limbs);
    std::memcpy(destination, block->words + index * block->digit_words, block->digit_words * sizeof(std::uint64_t));
    return;
  }
  const auto &key = stored(*keys, static_cast<std::uint32_t>(element), count);
  check_digit(index, key.size(), limbs);
  const seal::Ciphertext &cipher = key[index].data();
  const std::size_t words = cipher.size() * cipher.coeff_modulus_size() * cipher.poly_modulus_degree();
  std::memcpy(destination, cipher.data(), words * sizeof(std::uint64_t));
}

const int8_t *keys_words(const KeysHandle *keys, int element, int limbs) {
  const KeyBlock *block = found_block(*keys, element, limbs);
  return block == nullptr ? nullptr : reinterpret_cast<const int8_t *>(block->words);
}

int64_t keys_bytes(const KeysHandle *keys) { return static_cast<int64_t>(keys->pool.alloc_byte_count()); }

void keys_delete(KeysHandle *keys) { delete keys; }

}  // namespace cipherstream
