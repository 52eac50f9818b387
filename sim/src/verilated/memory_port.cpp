#include "memory_port.h"

#include <cstring>
#include <utility>

namespace cipherstream::verilated {

namespace {

// Bursts that a port takes before the first is answered.
constexpr std::size_t kBurstsMax = 32;
// IDs of a port: one bit.
constexpr std::size_t kIds = 2;

}  // namespace

MemoryPort::MemoryPort(const MemoryPins &pins, SharedMemory &memory) : pins_(pins), memory_(memory) {
  clear_counts();
  reset();
}

void MemoryPort::clear_counts() {
  counts_ = {};
  std::strncpy(counts_.name, pins_.name, sizeof counts_.name - 1);
}

void MemoryPort::reset() {
  reads_.clear();
  writes_.clear();
  answers_.clear();
  offering_ = 0;
  write_beat_ = 0;
  offered_ = answered_ = withheld_ = false;
  *pins_.read.ar_ready = *pins_.read.r_valid = 0;
  *pins_.write.aw_ready = *pins_.write.w_ready = *pins_.write.b_valid = 0;
}

void MemoryPort::drive() {
  withheld_ = false;
  const bool stuck = memory_.stuck(pins_.name);
  *pins_.read.ar_ready = !stuck && reads_.size() < kBurstsMax && !memory_.stalls();
  *pins_.write.aw_ready = !stuck && writes_.size() + answers_.size() < kBurstsMax && !memory_.stalls();
  *pins_.write.w_ready = !stuck && !writes_.empty() && memory_.budget() && !memory_.stalls();
  drive_read();
  drive_write();
}

void MemoryPort::drive_read() {
  if (offered_) return;
  *pins_.read.r_valid = 0;
  const std::size_t next = chosen();
  if (next == reads_.size()) return;
  if (!memory_.budget() || memory_.stalls()) {
    withheld_ = true;
    return;
  }
  offering_ = next;
  offer_beat();
}

std::size_t MemoryPort::chosen() {
  if (!memory_.mixes()) return reads_.empty() || reads_.front().due > memory_.cycle() ? reads_.size() : 0;
  // The oldest burst of each ID.
  std::size_t due[kIds];
  std::size_t count = 0;
  bool seen[kIds] = {};
  for (std::size_t i = 0; i < reads_.size(); i++) {
    if (std::exchange(seen[reads_[i].id], true)) continue;
    if (reads_[i].due <= memory_.cycle()) due[count++] = i;
  }
  return count == 0 ? reads_.size() : due[memory_.toss(count)];
}

void MemoryPort::offer_beat() {
  const Burst &burst = reads_[offering_];
  const std::uint8_t *line = memory_.line(burst.address + std::uint64_t{burst.beat} * CARD_LINE_BYTES);
  Response response = line == nullptr ? Response::kDecodeError : Response::kOkay;
  if (memory_.read_fails()) response = Response::kSlaveError;
  if (line == nullptr) {
    std::memset(pins_.read.r_data->data(), 0, CARD_LINE_BYTES);
  } else {
    std::memcpy(pins_.read.r_data->data(), line, CARD_LINE_BYTES);
  }
  if (memory_.flips()) pins_.read.r_data->data()[0] ^= 1U;
  memory_.count_read_beat();
  memory_.spend();
  *pins_.read.r_valid = 1;
  *pins_.read.r_last = burst.beat + 1 == burst.beats;
  *pins_.read.r_id = burst.id;
  *pins_.read.r_response = static_cast<CData>(response);
  offered_ = true;
}

void MemoryPort::drive_write() {
  if (answered_) return;
  *pins_.write.b_valid = 0;
  if (answers_.empty() || answers_.front().due > memory_.cycle()) return;
  if (memory_.stalls()) {
    withheld_ = true;
    return;
  }
  *pins_.write.b_valid = 1;
  *pins_.write.b_id = answers_.front().id;
  *pins_.write.b_response = static_cast<CData>(answers_.front().response);
  answered_ = true;
}

void MemoryPort::sample() {
  const bool refused = (*pins_.read.ar_valid && !*pins_.read.ar_ready) ||
                       (*pins_.write.aw_valid && !*pins_.write.aw_ready) ||
                       (*pins_.write.w_valid && !*pins_.write.w_ready);
  if (refused || withheld_) counts_.stall_cycles++;
  sample_read();
  sample_write();
}

void MemoryPort::sample_read() {
  if (*pins_.read.ar_valid && *pins_.read.ar_ready) {
    reads_.push_back({*pins_.read.ar_address, *pins_.read.ar_length + 1U, *pins_.read.ar_id,
                      memory_.cycle() + memory_.latency(), Response::kOkay, false});
    counts_.read_bursts++;
    moved_++;
  }
  if (offered_ && *pins_.read.r_ready) {
    offered_ = false;
    counts_.read_beats++;
    moved_++;
    if (offering_ != 0) counts_.overtaking_beats++;
    Burst &burst = reads_[offering_];
    if (++burst.beat == burst.beats) reads_.erase(reads_.begin() + static_cast<std::ptrdiff_t>(offering_));
  }
}

void MemoryPort::sample_write() {
  if (answered_ && *pins_.write.b_ready) {
    answered_ = false;
    answers_.pop_front();
    moved_++;
  }
  if (*pins_.write.w_valid && *pins_.write.w_ready) {
    Burst &burst = writes_.front();
    write_beat(burst);
    memory_.spend();
    counts_.write_beats++;
    moved_++;
    if (++write_beat_ == burst.beats) {
      burst.due = memory_.cycle() + memory_.latency();
      answers_.push_back(burst);
      writes_.pop_front();
      write_beat_ = 0;
    }
  }
  if (*pins_.write.aw_valid && *pins_.write.aw_ready) {
    const bool fails = memory_.write_fails();
    writes_.push_back({*pins_.write.aw_address, *pins_.write.aw_length + 1U, *pins_.write.aw_id, 0,
                       fails ? Response::kSlaveError : Response::kOkay, fails});
    counts_.write_bursts++;
    moved_++;
  }
}

void MemoryPort::write_beat(Burst &burst) {
  if (burst.dropped) return;
  std::uint8_t *line = memory_.line(burst.address + std::uint64_t{write_beat_} * CARD_LINE_BYTES);
  if (line == nullptr) {
    burst.response = Response::kDecodeError;
    return;
  }
  const auto *data = reinterpret_cast<const std::uint8_t *>(pins_.write.w_data->data());
  const QData strobe = *pins_.write.w_strobe;
  if (strobe == ~QData{0}) {
    std::memcpy(line, data, CARD_LINE_BYTES);
    return;
  }
  for (unsigned i = 0; i < CARD_LINE_BYTES; i++) {
    if ((strobe >> i & 1U) != 0) line[i] = data[i];
  }
}

}  // namespace cipherstream::verilated
