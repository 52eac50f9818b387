// A limb program in device memory: tables, descriptors, pool and result, with foreign lines between them.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "cipherstream/card_model.h"
#include "golden/program.h"
#include "image/device_image.h"
#include "ring.h"

namespace cipherstream::test {

using golden::Arguments;
using golden::Parameters;

constexpr std::uint8_t kOwner = 7;
constexpr std::uint8_t kStranger = 9;

// Of the core that an image's header describes.
Parameters parameters_of(const sim::DeviceImage &image);

struct Segment {
  std::uint64_t base;  // line within the pool
  std::uint32_t lines;
  bool writable;
};

class Scene {
 public:
  // Everything is where a host would put it; the pool is zeros, between the parts lie lines of a stranger.
  Scene(const Parameters &core, unsigned degree_bits, std::vector<Modulus> moduli, std::vector<Segment> segments,
        std::uint64_t pool_lines, const std::vector<limb_descriptor> &descriptors);

  // Of a limb of the degree that the arguments say.
  std::uint64_t limb_lines() const { return (std::uint64_t{1} << arguments.degree_bits % 32) / LIMB_LINE_WORDS; }
  // Number of a device address's line in memory, `owners.size()` if it is not there.
  std::uint64_t line(std::uint64_t address) const;
  // Whether all of a stretch belongs to the program's context.
  bool owned(std::uint64_t address, std::uint64_t lines) const;
  std::uint64_t word(std::uint64_t address) const {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + (address - arguments_base), sizeof value);
    return value;
  }
  void put(std::uint64_t address, std::uint64_t value) {
    std::memcpy(bytes.data() + (address - arguments_base), &value, sizeof value);
  }
  limb_descriptor descriptor(std::uint64_t index) const;
  void put(std::uint64_t index, const limb_descriptor &descriptor);
  std::uint64_t pool_address(std::uint64_t pool_line) const { return arguments.pool + pool_line * CARD_LINE_BYTES; }
  std::vector<card_register> registers(const sim::DeviceImage &image) const;

  const Parameters core;
  const unsigned degree_bits;
  const std::vector<Modulus> moduli;
  std::vector<Segment> segments;
  Arguments arguments{};
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> owners;

 private:
  static constexpr std::uint64_t arguments_base = std::uint64_t{0x40} << 32U;
  std::uint64_t place(std::uint64_t lines);
  void write_tables();
};

}  // namespace cipherstream::test
