// A Verilated core_program behind the interface of device images.
#include <cstdio>
#include <exception>

#include "unit.h"

namespace {

using cipherstream::verilated::Unit;

Unit &unit(card_unit *handle) { return *reinterpret_cast<Unit *>(handle); }

card_unit *create(const card_options *options, const card_memory *memory, char *message) {
  try {
    return reinterpret_cast<card_unit *>(new Unit(*options, *memory));
  } catch (const std::exception &e) {
    std::snprintf(message, CARD_MESSAGE_BYTES, "%s", e.what());
    return nullptr;
  }
}

void destroy(card_unit *handle) { delete &unit(handle); }

void reset(card_unit *handle) { unit(handle).reset(); }

void run(card_unit *handle, const card_register *registers, std::size_t count, std::uint8_t owner,
         card_report *report) {
  unit(handle).run(registers, count, owner, *report);
}

constexpr card_model kModel = {CARD_MODEL_ABI, "verilator", create, destroy, reset, run};

}  // namespace

extern "C" __attribute__((visibility("default"))) const card_model *cipherstream_card_model() { return &kModel; }
