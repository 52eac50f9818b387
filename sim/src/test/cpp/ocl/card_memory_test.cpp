#include <gtest/gtest.h>

#include <map>

#include "ocl/card.h"
#include "support/random.h"

namespace cipherstream::test {

namespace {

constexpr std::uint64_t kBytes = 1U << 22U;

// Owners of all lines of a stretch, 255 if they differ.
int owner_of(const card_memory &memory, std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t first = (address - memory.base) / CARD_LINE_BYTES;
  const std::uint64_t last = (address - memory.base + bytes - 1) / CARD_LINE_BYTES;
  for (std::uint64_t i = first; i <= last; i++) {
    if (memory.owner[i] != memory.owner[first]) return 255;
  }
  return memory.owner[first];
}

}  // namespace

TEST(CardMemoryTest, StretchesArePagesOfTheirOwner) {
  sim::CardMemory memory(kBytes);
  const std::uint64_t a = memory.allocate(100, 3);
  const std::uint64_t b = memory.allocate(5000, 4);
  ASSERT_NE(a, 0U);
  ASSERT_NE(b, 0U);
  EXPECT_EQ(a % 4096, 0U);
  EXPECT_EQ(owner_of(memory.view(), a, 100), 3);
  EXPECT_EQ(owner_of(memory.view(), b, 5000), 4);
  EXPECT_EQ(owner_of(memory.view(), a + 128, 4096 - 128), 0) << "the rest of the page is nobody's";
  memory.free(a);
  EXPECT_EQ(owner_of(memory.view(), a, 100), 0);
}

TEST(CardMemoryTest, RandomStretchesNeverMeetAndAllComesBack) {
  sim::CardMemory memory(kBytes);
  Random random(3);
  std::map<std::uint64_t, std::uint64_t> used;
  for (int i = 0; i < 5000; i++) {
    if (random.chance(0.5) || used.empty()) {
      const std::uint64_t bytes = random.between(1, 60000);
      const std::uint64_t address = memory.allocate(bytes, 1);
      if (address == 0) continue;
      const auto next = used.lower_bound(address);
      ASSERT_TRUE(next == used.end() || address + bytes <= next->first);
      ASSERT_TRUE(next == used.begin() || std::prev(next)->first + std::prev(next)->second <= address);
      used[address] = bytes;
    } else {
      const auto gone = std::next(used.begin(), static_cast<std::ptrdiff_t>(random.below(used.size())));
      memory.free(gone->first);
      used.erase(gone);
    }
  }
  for (const auto &[address, bytes] : used) memory.free(address);
  EXPECT_NE(memory.allocate(kBytes, 1), 0U) << "it is one piece again";
  EXPECT_EQ(memory.allocate(1, 1), 0U);
}

TEST(CardMemoryTest, MoreThanThereIsIsRefused) {
  sim::CardMemory memory(kBytes);
  EXPECT_EQ(memory.allocate(kBytes + 1, 1), 0U);
  EXPECT_EQ(memory.allocate(~std::uint64_t{0}, 1), 0U);
  EXPECT_NE(memory.allocate(kBytes, 1), 0U);
}

TEST(CardMemoryTest, TagsOfContextsAreLentOnce) {
  sim::CardMemory memory(kBytes);
  for (int tag = 1; tag < 256; tag++) EXPECT_EQ(memory.take_owner(), tag);
  EXPECT_EQ(memory.take_owner(), 0);
  memory.free_owner(17);
  EXPECT_EQ(memory.take_owner(), 17);
}

}  // namespace cipherstream::test
