// A job list in device memory: moduli, root tables, data, streams, results, with foreign lines between them.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "cipherstream/card_model.h"
#include "golden/program.h"
#include "image/device_image.h"
#include "ring.h"
#include "stream.h"

namespace cipherstream::test {

using golden::Arguments;
using golden::Parameters;

constexpr std::uint8_t kOwner = 7;
constexpr std::uint8_t kStranger = 9;
constexpr std::uint64_t kLineWords = golden::Context::kLineWords;
constexpr std::uint64_t kResultLines = 2;

// Of the core that an image's header describes.
Parameters parameters_of(const sim::DeviceImage &image);

struct Segment {
  std::uint64_t base;  // line within the pool
  std::uint32_t lines;
  bool writable;
};

// Addresses of what belongs to a job, all in the pool.
struct JobPlaces {
  std::uint64_t line;  // of the job list
  std::uint64_t stream;
  std::uint64_t segments;
  std::uint64_t result;
};

class Scene {
 public:
  // Everything is where a host would put it: the data first in the pool, zeros, then streams, segment tables and
  // results, between all of them lines of a stranger. All jobs have the same segments.
  Scene(const Parameters &core, unsigned degree_bits, std::vector<Modulus> moduli, std::vector<Segment> segments,
        std::uint64_t data_lines, const std::vector<Stream> &streams);

  std::uint64_t limb_lines() const { return (std::uint64_t{1} << degree_bits) / kLineWords; }
  // Number of a device address's line in memory, `owners.size()` if it is not there.
  std::uint64_t line(std::uint64_t address) const;
  std::uint64_t word(std::uint64_t address) const {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + (address - kBase), sizeof value);
    return value;
  }
  template <typename T>
  void put(std::uint64_t address, T value) {
    std::memcpy(bytes.data() + (address - kBase), &value, sizeof value);
  }
  std::uint64_t data_address(std::uint64_t line) const { return arguments.pool + line * CARD_LINE_BYTES; }
  std::vector<card_register> registers(const sim::DeviceImage &image) const;

  const Parameters core;
  const unsigned degree_bits;
  const std::vector<Modulus> moduli;
  const std::vector<Segment> segments;
  const std::uint64_t data_lines;
  Arguments arguments{};
  std::vector<JobPlaces> jobs;
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> owners;

 private:
  static constexpr std::uint64_t kBase = std::uint64_t{0x40} << 32U;
  std::uint64_t place(std::uint64_t lines);
  void write_tables();
  void write_job(const JobPlaces &job, const Stream &stream);
};

}  // namespace cipherstream::test
