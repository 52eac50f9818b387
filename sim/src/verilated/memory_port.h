// The memory behind one port of the kernel: an AXI4 slave. Without random waiting it answers in order; with it, bursts
// of different IDs overtake each other and mix, beat by beat.
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
    std::uint64_t due;       // cycle from which on it may be answered
    Response response;       // of a write
    bool dropped;            // a write that is answered with an error
    std::uint32_t beat = 0;  // of a read: the next to be offered
  };

  void drive_read();
  void drive_write();
  void sample_read();
  void sample_write();
  // The burst whose beat is offered next, reads_.size() if none is due.
  std::size_t chosen();
  void offer_beat();
  void write_beat(Burst &burst);

  const MemoryPins pins_;
  SharedMemory &memory_;
  std::deque<Burst> reads_;
  std::deque<Burst> writes_;
  std::deque<Burst> answers_;
  std::size_t offering_ = 0;  // the burst of the beat that is offered
  std::uint32_t write_beat_ = 0;
  bool offered_ = false;   // a read beat waits for the kernel
  bool answered_ = false;  // a write answer waits for the kernel
  bool withheld_ = false;  // a beat or an answer was due in this cycle and did not come
  std::uint64_t moved_ = 0;
  card_port counts_{};
};

}  // namespace cipherstream::verilated
