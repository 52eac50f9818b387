// The golden model behind the interface of device images.
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "program.h"

namespace {

using cipherstream::golden::Arguments;
using cipherstream::golden::Memory;
using cipherstream::golden::Parameters;

struct Golden {
  Parameters parameters;
  std::map<std::string, std::uint32_t> offsets;  // of argument registers
  card_memory memory;
};

// A number of the header within limits: an image is checked, but its header may say anything.
unsigned number(const nlohmann::json &from, const char *name, unsigned min, unsigned max) {
  const nlohmann::json &value = from.at(name);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() < min || value.get<std::uint64_t>() > max) {
    throw std::runtime_error(std::string("parameter ") + name + " is " + value.dump() + ", expected " +
                             std::to_string(min) + " to " + std::to_string(max));
  }
  return value.get<unsigned>();
}

Parameters parameters(const nlohmann::json &header) {
  const auto &p = header.at("parameters");
  const auto &c = header.at("cluster");
  const unsigned least = number(p, "degreeBitsMin", 3, 20);
  number(c, "clusters", 1, 1);
  return {number(p, "wordBits", 1, 63),
          least,
          number(p, "degreeBitsMax", least, 20),
          number(p, "lanes", 1, 1024),
          number(p, "segments", 0, 1U << 20U),
          number(p, "moduli", 0, 256),
          number(header, "montgomeryBits", 1, 1024),
          number(c, "products", 1, 1024),
          number(c, "streamWords", 1, 1024),
          number(c, "slots", 1, 4096)};
}

card_unit *create(const card_options *options, const card_memory *memory, char *message) {
  try {
    if (options->fault_count > 0 || options->wave_file != nullptr) {
      throw std::runtime_error("the golden model has no ports and no signals: faults and waves need a Verilated image");
    }
    auto golden = std::make_unique<Golden>();
    const auto header = nlohmann::json::parse(options->image_json);
    golden->parameters = parameters(header);
    for (const auto &a : header.at("kernels").at(0).at("arguments")) {
      golden->offsets[a.at("name").get<std::string>()] = a.at("offset").get<std::uint32_t>();
    }
    golden->memory = *memory;
    return reinterpret_cast<card_unit *>(golden.release());
  } catch (const std::exception &e) {
    std::snprintf(message, CARD_MESSAGE_BYTES, "%s", e.what());
    return nullptr;
  }
}

void destroy(card_unit *unit) { delete reinterpret_cast<Golden *>(unit); }

// Between programs the model holds nothing.
void reset(card_unit *) {}

Arguments arguments(const Golden &golden, const card_register *registers, std::size_t count) {
  std::map<std::uint32_t, std::uint32_t> values;
  for (std::size_t i = 0; i < count; i++) values[registers[i].offset] = registers[i].value;
  const auto low = [&](const char *name) { return values[golden.offsets.at(name)]; };
  const auto both = [&](const char *name) {
    const std::uint32_t offset = golden.offsets.at(name);
    return values[offset] | (std::uint64_t{values[offset + 4]} << 32U);
  };
  return {both("descriptors"), both("tables"),    both("pool"),     low("instructionCount"),
          low("modulusCount"), low("degreeBits"), both("poolLines")};
}

void run(card_unit *unit, const card_register *registers, std::size_t count, std::uint8_t owner, card_report *report) {
  const Golden &golden = *reinterpret_cast<const Golden *>(unit);
  std::memset(report, 0, sizeof *report);
  try {
    const Memory memory(golden.memory, owner);
    const auto outcome = cipherstream::golden::run(golden.parameters, arguments(golden, registers, count), memory);
    report->status = static_cast<std::uint32_t>(outcome.status);
    report->failed_instruction = outcome.failed_line;
  } catch (const std::exception &e) {
    report->outcome = CARD_FAILED;
    std::snprintf(report->message, sizeof report->message, "golden model: %s", e.what());
  }
}

constexpr card_model kModel = {CARD_MODEL_ABI, "golden", create, destroy, reset, run};

}  // namespace

extern "C" __attribute__((visibility("default"))) const card_model *cipherstream_card_model() { return &kModel; }
