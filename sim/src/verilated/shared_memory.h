// What the memory ports of a unit share: the card's memory, its bandwidth, random waiting, faults.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cipherstream/card_model.h"

namespace cipherstream::verilated {

// Answers of AXI4.
enum class Response : std::uint8_t { kOkay = 0, kSlaveError = 2, kDecodeError = 3 };

class SharedMemory {
 public:
  // Throws std::invalid_argument if a fault names a port that is not among `ports`.
  SharedMemory(const card_options &options, const card_memory &memory, const std::vector<std::string> &ports);

  // Whose lines the running program reaches.
  void set_owner(std::uint8_t owner) { owner_ = owner; }
  // Host bytes of the line at a device address, nullptr if it is not the owner's.
  std::uint8_t *line(std::uint64_t address) const {
    const std::uint64_t offset = address - memory_.base;
    if (offset >= memory_.size || address % CARD_LINE_BYTES != 0) return nullptr;
    if (__atomic_load_n(memory_.owner + offset / CARD_LINE_BYTES, __ATOMIC_RELAXED) != owner_) return nullptr;
    return memory_.bytes + offset;
  }

  // Begins a cycle: its share of the bandwidth is there.
  void tick() {
    cycle_++;
    if (bandwidth_ == 0) return;
    budget_ += bandwidth_;
    if (budget_ > budget_max_) budget_ = budget_max_;
  }
  std::uint64_t cycle() const { return cycle_; }
  std::uint32_t latency() const { return latency_; }
  // Whether the bandwidth allows a beat; a beat may leave a debt that the next cycles pay.
  bool budget() const { return bandwidth_ == 0 || budget_ > 0; }
  void spend() {
    if (bandwidth_ != 0) budget_ -= CARD_LINE_BYTES;
  }
  // Whether a channel is made to wait in this cycle.
  bool stalls() { return stall_limit_ != 0 && random() < stall_limit_; }
  // Whether answers of different IDs come in any order; below `count`, at random.
  bool mixes() const { return stall_limit_ != 0; }
  std::size_t toss(std::size_t count) { return static_cast<std::size_t>(random() % count); }

  // Count beats and bursts; true if a fault of that kind is due at this one.
  bool flips() { return due(CARD_FAULT_FLIP, read_beats_ + 1); }
  bool read_fails() { return due(CARD_FAULT_READ_ERROR, read_beats_ + 1); }
  void count_read_beat() { read_beats_++; }
  bool write_fails() { return due(CARD_FAULT_WRITE_ERROR, ++write_bursts_); }
  bool interrupt_lost() { return due(CARD_FAULT_LOST_INTERRUPT, ++runs_); }
  // After a reset of the kernel the memory takes everything again.
  void repair();
  // Whether the memory takes nothing from a port any more.
  bool stuck(const char *port) const;

 private:
  bool due(card_fault_kind kind, std::uint64_t at);
  std::uint64_t random();

  const card_memory memory_;
  const std::uint32_t latency_;
  const std::int64_t bandwidth_;
  const std::int64_t budget_max_;
  const std::uint64_t stall_limit_;
  std::vector<card_fault> faults_;
  std::uint8_t owner_ = 0;
  std::int64_t budget_ = 0;
  std::uint64_t random_;
  std::uint64_t cycle_ = 0;
  std::uint64_t read_beats_ = 0;
  std::uint64_t write_bursts_ = 0;
  std::uint64_t runs_ = 0;
};

}  // namespace cipherstream::verilated
