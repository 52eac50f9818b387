// The memory behind one port of the kernel: an AXI4 slave that answers in order.
#pragma once

#include <deque>

#include "cipherstream/card_model.h"
#include "pins.h"
#include "shared_memory.h"

namespace cipherstream::verilated {

// Each cycle: drive() before the clock's edge, then, with the kernel's answers settled, sample().
class MemoryPort {
 public:
  MemoryPort(const MemoryPins &pins, SharedMemory &memory);

  void drive();
  void sample();
  // Forgets what is asked for and not answered, as a reset does.
  void reset();

  // Beats, bursts and answers since the port was made: the mark of progress.
  std::uint64_t moved() const { return moved_; }
  const char *name() const { return pins_.name; }
  // Counts since the last clear.
  const card_port &counts() const { return counts_; }
  void clear_counts();

 private:
  struct Burst {
    std::uint64_t address;
    std::uint32_t beats;
    CData id;
    std::uint64_t due;  // cycle from which on it may be answered
    Response response;  // of a write
    bool dropped;       // a write that is answered with an error
  };

  void drive_read();
  void drive_write();
  void sample_read();
  void sample_write();
  void offer_beat();
  void write_beat(Burst &burst);

  const MemoryPins pins_;
  SharedMemory &memory_;
  std::deque<Burst> reads_;
  std::deque<Burst> writes_;
  std::deque<Burst> answers_;
  std::uint32_t read_beat_ = 0;
  std::uint32_t write_beat_ = 0;
  bool offered_ = false;   // a read beat waits for the kernel
  bool answered_ = false;  // a write answer waits for the kernel
  bool withheld_ = false;  // a beat or an answer was due in this cycle and did not come
  std::uint64_t moved_ = 0;
  card_port counts_{};
};

}  // namespace cipherstream::verilated
