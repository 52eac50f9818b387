#include "unit.h"

#include <cstdio>
#include <stdexcept>
#include <string>

#include "core_kernel.h"
#include "messages.h"

namespace cipherstream::verilated {

namespace {

constexpr int kResetCycles = 16;
// The reset passes through registers in the kernel: before it is over, no access is remembered.
constexpr int kAwakeCycles = 8;
// Cycles in which a register access of AXI4-Lite must be answered.
constexpr int kControlCyclesMax = 1000;
// The done bit is looked at this often, in case the interrupt does not come.
constexpr std::uint64_t kPollCycles = 1U << 16U;
constexpr std::uint32_t kStart = 1U << 0U;
constexpr std::uint32_t kDone = 1U << 1U;
constexpr std::uint32_t kContinue = 1U << 4U;
constexpr std::uint32_t kDoneInterrupt = 1;

std::vector<std::string> port_names(Vcore_program &top) {
  std::vector<std::string> names;
  for (const MemoryPins &pins : memory_pins(top)) names.emplace_back(pins.name);
  return names;
}

std::unique_ptr<VerilatedContext> context(bool traced, std::uint64_t seed) {
  auto made = std::make_unique<VerilatedContext>();
  made->traceEverOn(traced);
  // What is not reset begins as rubbish, the same for the same seed (Verilator's is 31 bits wide and not 0).
  made->randReset(2);
  made->randSeed(static_cast<int>(seed % 0x7ffffffeU) + 1);
  made->fatalOnError(true);
  return made;
}

template <typename... Values>
void say(card_report &report, const char *format, Values... values) {
  std::snprintf(report.message, sizeof report.message, format, values...);
}

}  // namespace

Unit::Unit(const card_options &options, const card_memory &memory)
    : hang_cycles_(options.hang_cycles),
      context_(context(options.wave_file != nullptr, options.stall_seed)),
      top_(std::make_unique<Vcore_program>(context_.get())),
      memory_(options, memory, port_names(*top_)) {
  if (options.wave_file != nullptr) wave_ = std::make_unique<Wave>(*top_, options);
  power_up();
}

Unit::~Unit() {
  wave_.reset();
  top_->final();
}

void Unit::power_up() {
  ports_.clear();
  for (const MemoryPins &pins : memory_pins(*top_)) ports_.push_back(std::make_unique<MemoryPort>(pins, memory_));
  top_->s_axi_control_AWVALID = top_->s_axi_control_WVALID = top_->s_axi_control_BREADY = 0;
  top_->s_axi_control_ARVALID = top_->s_axi_control_RREADY = 0;
  top_->ap_rst_n = 0;
  {
    // What the ports say meanwhile is rubbish too: the memory neither hears nor counts it.
    const QuietAssertions quiet;
    resetting_ = true;
    for (int i = 0; i < kResetCycles; i++) cycle();
    resetting_ = false;
  }
  top_->ap_rst_n = 1;
  for (int i = 0; i < kAwakeCycles; i++) cycle();
}

void Unit::reset() {
  memory_.repair();
  // A waveform goes on with the kernel that it was begun with.
  if (!wave_) top_ = std::make_unique<Vcore_program>(context_.get());
  power_up();
}

void Unit::cycle() {
  memory_.tick();
  for (std::size_t i = 0; !resetting_ && i < kPorts; i++) ports_[(first_port_ + i) % kPorts]->drive();
  first_port_ = (first_port_ + 1) % kPorts;
  top_->ap_clk = 0;
  top_->eval();
  if (wave_) wave_->dump(memory_.cycle(), 0);
  for (std::size_t i = 0; !resetting_ && i < kPorts; i++) ports_[i]->sample();
  top_->ap_clk = 1;
  top_->eval();
  if (wave_) wave_->dump(memory_.cycle(), 1);
}

// Signals of the registers are looked at after an edge; they are registered in the kernel, so what is seen then
// is what the next edge sees.
void Unit::write(std::uint32_t offset, std::uint32_t value) {
  top_->s_axi_control_AWADDR = static_cast<SData>(offset);
  top_->s_axi_control_WDATA = value;
  top_->s_axi_control_WSTRB = 0xf;
  top_->s_axi_control_AWVALID = top_->s_axi_control_WVALID = 1;
  for (int i = 0; i < kControlCyclesMax; i++) {
    const bool address = top_->s_axi_control_AWVALID && top_->s_axi_control_AWREADY;
    const bool data = top_->s_axi_control_WVALID && top_->s_axi_control_WREADY;
    top_->s_axi_control_BREADY = !memory_.stalls();
    const bool answer = top_->s_axi_control_BVALID && top_->s_axi_control_BREADY;
    cycle();
    if (address) top_->s_axi_control_AWVALID = 0;
    if (data) top_->s_axi_control_WVALID = 0;
    if (answer) {
      top_->s_axi_control_BREADY = 0;
      return;
    }
  }
  throw std::runtime_error("the control registers do not answer a write to " + std::to_string(offset));
}

std::uint32_t Unit::read(std::uint32_t offset) {
  top_->s_axi_control_ARADDR = static_cast<SData>(offset);
  top_->s_axi_control_ARVALID = 1;
  for (int i = 0; i < kControlCyclesMax; i++) {
    const bool address = top_->s_axi_control_ARVALID && top_->s_axi_control_ARREADY;
    top_->s_axi_control_RREADY = !memory_.stalls();
    const bool answer = top_->s_axi_control_RVALID && top_->s_axi_control_RREADY;
    const std::uint32_t value = top_->s_axi_control_RDATA;
    cycle();
    if (address) top_->s_axi_control_ARVALID = 0;
    if (answer) {
      top_->s_axi_control_RREADY = 0;
      return value;
    }
  }
  throw std::runtime_error("the control registers do not answer a read from " + std::to_string(offset));
}

std::uint64_t Unit::moved() const {
  std::uint64_t all = 0;
  for (const auto &port : ports_) all += port->moved();
  return all;
}

bool Unit::wait(bool deaf, card_report &report) {
  std::uint64_t seen = moved();
  std::uint64_t progress = memory_.cycle();
  std::uint64_t poll = memory_.cycle() + kPollCycles;
  while (true) {
    cycle();
    if (top_->__SYM__interrupt && !deaf) return true;
    const std::uint64_t now = memory_.cycle();
    if (now >= poll) {
      poll = now + kPollCycles;
      if ((read(KERNEL_REGISTER_CONTROL) & kDone) != 0) {
        report.interrupt_lost = 1;
        return true;
      }
    }
    if (const std::uint64_t all = moved(); all != seen) {
      seen = all;
      progress = now;
    } else if (now - progress > hang_cycles_) {
      return false;
    }
  }
}

// What the shell does with a kernel that is done: takes the interrupt back, reads how it went, lets it go on.
void Unit::finish(card_report &report) {
  write(KERNEL_REGISTER_INTERRUPT_STATUS, read(KERNEL_REGISTER_INTERRUPT_STATUS));
  report.status = read(KERNEL_CAPABILITY_STATUS);
  report.failed_instruction = read(KERNEL_CAPABILITY_FAILED_INSTRUCTION);
  write(KERNEL_REGISTER_CONTROL, kContinue);
  if (report.status == KERNEL_STATUS_MEMORY_TIMEOUT) {
    report.outcome = CARD_HUNG;
    say(report, "the memory did not answer, and the core's watchdog stopped the program; the unit needs a reset");
  }
}

void Unit::run(const card_register *registers, std::size_t count, std::uint8_t owner, card_report &report) {
  report = {};
  auto held = wave_ ? wave_->hold() : std::unique_lock<std::mutex>();
  std::uint64_t started = memory_.cycle();
  try {
    memory_.set_owner(owner);
    for (const auto &port : ports_) port->clear_counts();
    for (std::size_t i = 0; i < count; i++) write(registers[i].offset, registers[i].value);
    write(KERNEL_REGISTER_INTERRUPT_GLOBAL, 1);
    write(KERNEL_REGISTER_INTERRUPT_ENABLE, kDoneInterrupt);
    started = memory_.cycle();
    write(KERNEL_REGISTER_CONTROL, kStart);
    if (wait(memory_.interrupt_lost(), report)) {
      report.cycles = memory_.cycle() - started;
      finish(report);
    } else {
      report.outcome = CARD_HUNG;
      say(report, "no word moved in %llu cycles and the core is not done; the unit needs a reset",
          static_cast<unsigned long long>(hang_cycles_));
    }
  } catch (const std::exception &e) {
    report.outcome = CARD_FAILED;
    say(report, "%s", (e.what() + take_messages()).c_str());
  }
  if (report.cycles == 0) report.cycles = memory_.cycle() - started;
  if (wave_ && (report.outcome != CARD_DONE || report.status != 0)) {
    held.unlock();
    wave_->failed();
  }
  report.port_count = kPorts;
  for (std::size_t i = 0; i < kPorts; i++) report.ports[i] = ports_[i]->counts();
}

}  // namespace cipherstream::verilated
