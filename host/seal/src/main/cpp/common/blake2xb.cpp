#include "blake2xb.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "clones.h"

// BLAKE2X (Aumasson et al., 2016) over BLAKE2b (RFC 7693): the hash H0 of a counter under the seed as key, then output
// block i = BLAKE2b of H0 whose parameter block holds i. Output blocks do not depend on each other, so lanes of a
// vector have one each.
namespace cipherstream {

namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlockBytes = 64;   // of a hash
constexpr std::size_t kInputBytes = 128;  // of a compression
constexpr std::size_t kRounds = 12;

using Lanes = std::uint64_t __attribute__((vector_size(kLanes * sizeof(std::uint64_t))));
using Message = std::array<std::uint64_t, kInputBytes / sizeof(std::uint64_t)>;
using Hash = std::array<std::uint64_t, kBlockBytes / sizeof(std::uint64_t)>;

constexpr Hash kInitial{0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
                        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179};

constexpr std::uint8_t kOrder[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

// Word: of one lane or of several.
template <typename Word>
CIPHERSTREAM_INLINE void rotate(Word &x, const Word &with, int bits) {
  x ^= with;
  x = (x >> bits) | (x << (64 - bits));
}

template <typename Word>
CIPHERSTREAM_INLINE void mix(Word &a, Word &b, Word &c, Word &d, std::uint64_t x, std::uint64_t y) {
  a += b + x;
  rotate(d, a, 32);
  c += d;
  rotate(b, c, 24);
  a += b + y;
  rotate(d, a, 16);
  c += d;
  rotate(b, c, 63);
}

// The compression of one message into h, after `bytes` bytes in all.
template <typename Word>
CIPHERSTREAM_INLINE void compress(Word (&h)[8], const Message &m, std::uint64_t bytes, bool last) {
  Word v[16]{};
  for (std::size_t i = 0; i < 8; i++) {
    v[i] = h[i];
    v[8 + i] = Word{} + kInitial[i];
  }
  v[12] ^= bytes;
  v[14] ^= last ? ~std::uint64_t{0} : 0;
  for (std::size_t round = 0; round < kRounds; round++) {
    const std::uint8_t *s = kOrder[round % 10];
    mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
  }
  for (std::size_t i = 0; i < 8; i++) {
    h[i] ^= v[i] ^ v[8 + i];
  }
}

// H0: of the counter, under the seed, of output of that many bytes.
Hash root(const seal::prng_seed_type &seed, std::uint64_t counter, std::uint64_t output) {
  std::uint64_t h[8];
  std::copy(kInitial.begin(), kInitial.end(), h);
  h[0] ^= kBlockBytes | (sizeof(seed) << 8) | (1 << 16) | (1 << 24);  // hash and key bytes, fanout, depth
  h[1] ^= output << 32;
  Message key{};
  std::memcpy(key.data(), seed.data(), sizeof(seed));
  compress(h, key, kInputBytes, false);
  compress(h, Message{counter}, kInputBytes + sizeof(counter), true);
  Hash out;
  std::copy(h, h + 8, out.begin());
  return out;
}

// Output blocks [0, blocks), a multiple of the lanes.
CIPHERSTREAM_VECTOR_CLONES
void expand(const Hash &root, std::uint64_t blocks, std::uint64_t *out) {
  Message message{};
  std::copy(root.begin(), root.end(), message.begin());
  const std::uint64_t output = blocks * kBlockBytes;
  Lanes lane{};
  for (std::size_t i = 0; i < kLanes; i++) {
    lane[i] = i;
  }
  for (std::uint64_t first = 0; first < blocks; first += kLanes) {
    Lanes h[8];
    for (std::size_t i = 0; i < 8; i++) {
      h[i] = Lanes{} + kInitial[i];
    }
    h[0] ^= kBlockBytes | (kBlockBytes << 32);  // bytes of the hash and of a leaf
    h[1] ^= (lane + first) | (output << 32);
    h[2] ^= kBlockBytes << 8;  // inner bytes
    compress(h, message, kBlockBytes, true);
    for (std::size_t i = 0; i < kLanes; i++) {
      for (std::size_t word = 0; word < 8; word++) {
        *out++ = h[word][i];
      }
    }
  }
}

class VectorBlake2xb : public seal::UniformRandomGenerator {
 public:
  explicit VectorBlake2xb(const seal::prng_seed_type &seed) : UniformRandomGenerator(seed) {}
  ~VectorBlake2xb() override = default;

 protected:
  seal::prng_type type() const noexcept override { return seal::prng_type::blake2xb; }

  void refill_buffer() override {
    const Hash hash = root(seed(), counter_, buffer_size_);
    expand(hash, buffer_size_ / kBlockBytes, reinterpret_cast<std::uint64_t *>(buffer_begin_));
    counter_++;
    buffer_head_ = buffer_begin_;
  }

 private:
  std::uint64_t counter_ = 0;
};

}  // namespace

seal::prng_seed_type fresh_seed() {
  seal::prng_seed_type seed;
  seal::random_bytes(reinterpret_cast<seal::seal_byte *>(seed.data()), sizeof(seed));
  return seed;
}

std::shared_ptr<seal::UniformRandomGenerator> blake2xb_generator(const seal::prng_seed_type &seed) {
  return std::make_shared<VectorBlake2xb>(seed);
}

}  // namespace cipherstream
