#include "shared_memory.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace cipherstream::verilated {

namespace {

// Cycles whose share of the bandwidth may be saved up: what a memory controller's queues even out.
constexpr std::int64_t kSavedCycles = 4;

std::uint64_t limit(double probability) {
  return static_cast<std::uint64_t>(std::ldexp(std::clamp(probability, 0.0, 1.0), 63)) * 2;
}

std::string joined(const std::vector<std::string> &names) {
  std::string all;
  for (const auto &name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

}  // namespace

SharedMemory::SharedMemory(const card_options &options, const card_memory &memory,
                           const std::vector<std::string> &ports)
    : memory_(memory),
      latency_(options.latency_cycles),
      bandwidth_(options.bandwidth_bytes),
      budget_max_(std::max<std::int64_t>(CARD_LINE_BYTES, kSavedCycles * bandwidth_)),
      stall_limit_(limit(options.stall_probability)),
      faults_(options.faults, options.faults + options.fault_count),
      random_(options.stall_seed) {
  for (const card_fault &fault : faults_) {
    if (fault.kind == CARD_FAULT_STUCK_READY && std::find(ports.begin(), ports.end(), fault.port) == ports.end()) {
      throw std::invalid_argument(std::string("fault stuck-ready: no memory port '") + fault.port +
                                  "'; expected one of " + joined(ports));
    }
  }
}

bool SharedMemory::stuck(const char *port) const {
  for (const card_fault &fault : faults_) {
    if (fault.kind == CARD_FAULT_STUCK_READY && cycle_ >= fault.at && std::strcmp(fault.port, port) == 0) return true;
  }
  return false;
}

void SharedMemory::repair() {
  const auto struck = [this](const card_fault &fault) {
    return fault.kind == CARD_FAULT_STUCK_READY && cycle_ >= fault.at;
  };
  faults_.erase(std::remove_if(faults_.begin(), faults_.end(), struck), faults_.end());
}

bool SharedMemory::due(card_fault_kind kind, std::uint64_t at) {
  for (const card_fault &fault : faults_) {
    if (fault.kind == kind && fault.at == at) return true;
  }
  return false;
}

// SplitMix64.
std::uint64_t SharedMemory::random() {
  std::uint64_t z = (random_ += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

}  // namespace cipherstream::verilated
