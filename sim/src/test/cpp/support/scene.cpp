#include "scene.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace cipherstream::test {

namespace {

// Lines of a stranger between two parts.
constexpr std::uint64_t kGuardLines = 4;

// What the guards hold: no two lines alike.
std::uint8_t guard_byte(std::size_t offset) { return static_cast<std::uint8_t>(offset * 37 + offset / 64 * 11 + 1); }

}  // namespace

Parameters parameters_of(const sim::DeviceImage &image) {
  const auto header = nlohmann::json::parse(image.json);
  const auto &p = header.at("parameters");
  return {p.at("wordBits"),       p.at("degreeBitsMin"), p.at("degreeBitsMax"), p.at("lanes"),
          p.at("busWords"),       p.at("segments"),      p.at("moduli"),        header.at("montgomeryBits"),
          p.value("nttUnits", 1U)};
}

Scene::Scene(const Parameters &core, unsigned degree_bits, std::vector<Modulus> moduli, std::vector<Segment> segments,
             std::uint64_t pool_lines, const std::vector<limb_descriptor> &descriptors)
    : core(core), degree_bits(degree_bits), moduli(std::move(moduli)), segments(std::move(segments)) {
  arguments.instruction_count = static_cast<std::uint32_t>(descriptors.size());
  arguments.segment_count = static_cast<std::uint32_t>(this->segments.size());
  arguments.modulus_count = static_cast<std::uint32_t>(this->moduli.size());
  arguments.degree_bits = degree_bits;
  arguments.pool_lines = pool_lines;
  place(0);
  arguments.descriptors = place(descriptors.size());
  arguments.segments = place((this->segments.size() + 3) / 4);
  arguments.tables = place(this->moduli.size() * (1 + limb_lines()));
  arguments.pool = place(pool_lines);
  arguments.result = place(2);
  for (std::size_t i = 0; i < descriptors.size(); i++) put(i, descriptors[i]);
  write_tables();
}

std::uint64_t Scene::place(std::uint64_t lines) {
  const std::uint64_t address = arguments_base + bytes.size();
  bytes.resize(bytes.size() + lines * CARD_LINE_BYTES);
  owners.resize(owners.size() + lines, kOwner);
  for (std::uint64_t i = 0; i < kGuardLines * CARD_LINE_BYTES; i++) bytes.push_back(guard_byte(bytes.size()));
  owners.resize(owners.size() + kGuardLines, kStranger);
  return address;
}

void Scene::write_tables() {
  for (std::size_t i = 0; i < segments.size(); i++) {
    put(arguments.segments + 16 * i, segments[i].base);
    put(arguments.segments + 16 * i + 8, segments[i].lines | std::uint64_t{segments[i].writable} << 32U);
  }
  for (std::size_t i = 0; i < moduli.size(); i++) {
    const std::uint64_t entry = arguments.tables + i * CARD_LINE_BYTES;
    const std::uint64_t roots_line = moduli.size() + i * limb_lines();
    put(entry, moduli[i].q);
    put(entry + 8, moduli[i].r_squared);
    put(entry + 16, roots_line);
    for (std::size_t k = 0; k < moduli[i].roots.size(); k++) {
      put(arguments.tables + roots_line * CARD_LINE_BYTES + 8 * k, moduli[i].roots[k]);
    }
  }
}

std::uint64_t Scene::line(std::uint64_t address) const {
  const std::uint64_t offset = address - arguments_base;
  return offset < bytes.size() && offset % CARD_LINE_BYTES == 0 ? offset / CARD_LINE_BYTES : owners.size();
}

bool Scene::owned(std::uint64_t address, std::uint64_t lines) const {
  const std::uint64_t first = line(address);
  if (first == owners.size() || lines > owners.size() - first) return lines == 0;
  for (std::uint64_t i = first; i < first + lines; i++) {
    if (owners[i] != kOwner) return false;
  }
  return true;
}

limb_descriptor Scene::descriptor(std::uint64_t index) const {
  limb_descriptor d;
  std::memcpy(&d, bytes.data() + (arguments.descriptors - arguments_base) + index * sizeof d, sizeof d);
  return d;
}

void Scene::put(std::uint64_t index, const limb_descriptor &d) {
  std::memcpy(bytes.data() + (arguments.descriptors - arguments_base) + index * sizeof d, &d, sizeof d);
}

std::vector<card_register> Scene::registers(const sim::DeviceImage &image) const {
  const std::map<std::string, std::uint64_t> values = {{"descriptors", arguments.descriptors},
                                                       {"segments", arguments.segments},
                                                       {"tables", arguments.tables},
                                                       {"pool", arguments.pool},
                                                       {"result", arguments.result},
                                                       {"instructionCount", arguments.instruction_count},
                                                       {"segmentCount", arguments.segment_count},
                                                       {"modulusCount", arguments.modulus_count},
                                                       {"degreeBits", arguments.degree_bits},
                                                       {"poolLines", arguments.pool_lines}};
  std::vector<card_register> list;
  for (const auto &argument : image.kernels.at(0).arguments) {
    const std::uint64_t value = values.at(argument.name);
    list.push_back({argument.offset, static_cast<std::uint32_t>(value)});
    if (argument.bits == 64) list.push_back({argument.offset + 4, static_cast<std::uint32_t>(value >> 32U)});
  }
  return list;
}

}  // namespace cipherstream::test
