#include <sys/mman.h>

#include <cstring>
#include <new>

#include "card.h"

namespace cipherstream::sim {

namespace {

// Where device memory begins on cards with HBM, above what 32 bits hold.
constexpr std::uint64_t kBase = std::uint64_t{0x40} << 32U;
constexpr std::uint64_t kAlignment = 4096;
// Freed stretches from here on are given back to the host.
constexpr std::uint64_t kReturnBytes = 1U << 20U;

void *reserve(std::uint64_t bytes) {
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

std::uint64_t aligned(std::uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

CardMemory::CardMemory(std::uint64_t bytes)
    : bytes_(bytes),
      memory_(static_cast<std::byte *>(reserve(bytes))),
      owners_(static_cast<std::uint8_t *>(reserve(bytes / CARD_LINE_BYTES))) {
  free_[kBase] = bytes;
}

CardMemory::~CardMemory() {
  munmap(memory_, bytes_);
  munmap(owners_, bytes_ / CARD_LINE_BYTES);
}

void CardMemory::mark(std::uint64_t address, std::uint64_t bytes, std::uint8_t owner) {
  const std::uint64_t first = (address - kBase) / CARD_LINE_BYTES;
  const std::uint64_t lines = (bytes + CARD_LINE_BYTES - 1) / CARD_LINE_BYTES;
  for (std::uint64_t i = 0; i < lines; i++) __atomic_store_n(owners_ + first + i, owner, __ATOMIC_RELAXED);
}

std::uint64_t CardMemory::allocate(std::uint64_t bytes, std::uint8_t owner) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (bytes > bytes_) return 0;
  const std::uint64_t taken = aligned(bytes);
  for (auto block = free_.begin(); block != free_.end(); ++block) {
    const auto [address, size] = *block;
    if (size < taken) continue;
    free_.erase(block);
    if (size > taken) free_[address + taken] = size - taken;
    used_[address] = bytes;
    mark(address, bytes, owner);
    return address;
  }
  return 0;
}

void CardMemory::free(std::uint64_t address) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto entry = used_.find(address);
  if (entry == used_.end()) return;
  mark(address, entry->second, 0);
  std::uint64_t first = address;
  std::uint64_t size = aligned(entry->second);
  if (size >= kReturnBytes) madvise(at(address), size, MADV_DONTNEED);
  used_.erase(entry);
  auto next = free_.lower_bound(first);
  if (next != free_.end() && next->first == first + size) {
    size += next->second;
    next = free_.erase(next);
  }
  if (next != free_.begin()) {
    const auto previous = std::prev(next);
    if (previous->first + previous->second == first) {
      previous->second += size;
      return;
    }
  }
  free_[first] = size;
}

std::byte *CardMemory::at(std::uint64_t address) const { return memory_ + (address - kBase); }

std::uint8_t CardMemory::take_owner() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (int tag = 1; tag < 256; tag++) {
    if (!tags_[tag]) {
      tags_[tag] = true;
      return static_cast<std::uint8_t>(tag);
    }
  }
  return 0;
}

void CardMemory::free_owner(std::uint8_t owner) {
  const std::lock_guard<std::mutex> lock(mutex_);
  tags_[owner] = false;
}

card_memory CardMemory::view() const { return {reinterpret_cast<std::uint8_t *>(memory_), owners_, kBase, bytes_}; }

}  // namespace cipherstream::sim
