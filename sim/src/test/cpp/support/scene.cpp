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
  const auto &c = header.at("cluster");
  return {p.at("wordBits"), p.at("degreeBitsMin"),       p.at("degreeBitsMax"), p.at("lanes"),       p.at("segments"),
          p.at("moduli"),   header.at("montgomeryBits"), c.at("products"),      c.at("streamWords"), c.at("slots")};
}

Scene::Scene(const Parameters &core, unsigned degree_bits, std::vector<Modulus> moduli, std::vector<Segment> segments,
             std::uint64_t data_lines, const std::vector<Stream> &streams)
    : core(core),
      degree_bits(degree_bits),
      moduli(std::move(moduli)),
      segments(std::move(segments)),
      data_lines(data_lines) {
  arguments.job_count = static_cast<std::uint32_t>(streams.size());
  arguments.modulus_count = static_cast<std::uint32_t>(this->moduli.size());
  arguments.degree_bits = degree_bits;
  place(0);
  arguments.jobs = place(streams.size());
  arguments.tables = place(this->moduli.size() * (1 + limb_lines()));
  arguments.pool = place(data_lines);
  for (const Stream &stream : streams) {
    const std::uint64_t list = arguments.jobs + jobs.size() * CARD_LINE_BYTES;
    jobs.push_back({list, place(stream.size()), place((this->segments.size() + 3) / 4), place(kResultLines)});
    write_job(jobs.back(), stream);
  }
  arguments.pool_lines = owners.size() - line(arguments.pool);
  write_tables();
}

std::uint64_t Scene::place(std::uint64_t lines) {
  const std::uint64_t address = kBase + bytes.size();
  bytes.resize(bytes.size() + lines * CARD_LINE_BYTES);
  owners.resize(owners.size() + lines, kOwner);
  for (std::uint64_t i = 0; i < kGuardLines * CARD_LINE_BYTES; i++) bytes.push_back(guard_byte(bytes.size()));
  owners.resize(owners.size() + kGuardLines, kStranger);
  return address;
}

void Scene::write_job(const JobPlaces &job, const Stream &stream) {
  for (std::size_t i = 0; i < stream.size(); i++) {
    std::memcpy(bytes.data() + (job.stream - kBase) + i * CARD_LINE_BYTES, stream[i].data(), CARD_LINE_BYTES);
  }
  for (std::size_t i = 0; i < segments.size(); i++) {
    put(job.segments + 16 * i, segments[i].base);
    put(job.segments + 16 * i + 8, segments[i].lines | std::uint64_t{segments[i].writable} << 32U);
  }
  const std::uint64_t words[] = {
      job.stream - arguments.pool, 0, stream.size(), job.segments - arguments.pool, std::uint64_t{segments.size()},
      job.result - arguments.pool};
  for (std::size_t i = 0; i < std::size(words); i++) put(job.line + 8 * i, words[i]);
}

void Scene::write_tables() {
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
  const std::uint64_t offset = address - kBase;
  return offset < bytes.size() && offset % CARD_LINE_BYTES == 0 ? offset / CARD_LINE_BYTES : owners.size();
}

std::vector<card_register> Scene::registers(const sim::DeviceImage &image) const {
  const std::map<std::string, std::uint64_t> values = {{"descriptors", arguments.jobs},
                                                       {"segments", arguments.jobs},
                                                       {"tables", arguments.tables},
                                                       {"pool", arguments.pool},
                                                       {"result", arguments.jobs},
                                                       {"instructionCount", arguments.job_count},
                                                       {"segmentCount", 0},
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
