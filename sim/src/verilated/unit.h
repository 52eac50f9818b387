// A Verilated core_program as one compute unit: clock, reset, memory ports, control registers.
#pragma once

#include <memory>
#include <vector>

#include "memory_port.h"
#include "pins.h"
#include "shared_memory.h"
#include "wave.h"

namespace cipherstream::verilated {

class Unit {
 public:
  // Throws std::exception if the options ask for what this model cannot do.
  Unit(const card_options &options, const card_memory &memory);
  ~Unit();
  Unit(const Unit &) = delete;
  Unit &operator=(const Unit &) = delete;

  // A unit after power-up: a new kernel if the old one failed.
  void reset();
  // One program. Never throws: what fails is in the report.
  void run(const card_register *registers, std::size_t count, std::uint8_t owner, card_report &report);

 private:
  void power_up();
  void cycle();
  void write(std::uint32_t offset, std::uint32_t value);
  std::uint32_t read(std::uint32_t offset);
  // Waits until the kernel is done: true, or until nothing moves any more: false.
  bool wait(bool deaf, card_report &report);
  void finish(card_report &report);
  std::uint64_t moved() const;

  const std::uint64_t hang_cycles_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Vcore_program> top_;
  SharedMemory memory_;
  std::vector<std::unique_ptr<MemoryPort>> ports_;
  std::size_t first_port_ = 0;  // whose turn at the bandwidth it is
  bool resetting_ = false;
  std::unique_ptr<Wave> wave_;
};

}  // namespace cipherstream::verilated
