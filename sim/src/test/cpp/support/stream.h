// The stream of a core program, line by line.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "cipherstream/card_model.h"
#include "core_program.h"

namespace cipherstream::test {

// An operation, or up to four terms of a DOT.
class StreamLine {
 public:
  StreamLine() = default;
  // An operation without slots.
  explicit StreamLine(unsigned opcode) {
    put<std::uint8_t>(CORE_AT_OPCODE, static_cast<std::uint8_t>(opcode));
    for (const std::size_t at : {CORE_AT_A_SLOT, CORE_AT_X_SLOT, CORE_AT_Y_SLOT}) {
      put<std::uint16_t>(at, CORE_SLOT_NONE);
    }
    put<std::uint64_t>(CORE_AT_D_SLOTS, ~std::uint64_t{0});
  }

  template <typename T>
  StreamLine &put(std::size_t offset, T value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof value);
    return *this;
  }
  StreamLine &slot(std::size_t offset, std::uint64_t slot) { return put(offset, static_cast<std::uint16_t>(slot)); }
  StreamLine &memory(std::uint64_t segment, std::uint64_t line) {
    return put(CORE_AT_SEGMENT, static_cast<std::uint32_t>(segment))
        .put(CORE_AT_LINE, static_cast<std::uint32_t>(line));
  }
  StreamLine &flags(unsigned flags) { return put(CORE_AT_FLAGS, static_cast<std::uint16_t>(flags)); }
  StreamLine &modulus(std::uint64_t index) { return put(CORE_AT_MODULUS, static_cast<std::uint8_t>(index)); }

  const std::uint8_t *data() const { return bytes_.data(); }
  std::uint8_t *data() { return bytes_.data(); }

 private:
  std::array<std::uint8_t, CORE_OP_BYTES> bytes_{};
};

using Stream = std::vector<StreamLine>;

}  // namespace cipherstream::test
