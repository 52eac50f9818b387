#include "statistics.h"

#include <cstdio>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>

namespace cipherstream::sim {

namespace {

constexpr std::uint64_t kBeatBytes = 64;

nlohmann::json port(const card_port &p) {
  return {{"readBursts", p.read_bursts},   {"readBeats", p.read_beats},   {"readBytes", p.read_beats * kBeatBytes},
          {"writeBursts", p.write_bursts}, {"writeBeats", p.write_beats}, {"writeBytes", p.write_beats * kBeatBytes},
          {"stallCycles", p.stall_cycles}};
}

const char *outcome(std::uint32_t code) { return code == CARD_DONE ? "done" : code == CARD_HUNG ? "hung" : "failed"; }

}  // namespace

void append_statistics(const std::string &file, const StatisticsLine &line) {
  const card_report &report = line.measured.report;
  nlohmann::ordered_json text = {{"run", line.run},
                                 {"card", line.card},
                                 {"unit", line.unit},
                                 {"configuration", line.configuration},
                                 {"model", line.model},
                                 {"outcome", outcome(report.outcome)},
                                 {"status", report.status},
                                 {"failedInstruction", report.failed_instruction},
                                 {"interruptLost", report.interrupt_lost != 0},
                                 {"cycles", report.cycles},
                                 {"clockMHz", line.measured.clock_mhz},
                                 {"wallSeconds", line.measured.wall_seconds},
                                 {"resultWords", line.result_words}};
  nlohmann::ordered_json ports = nlohmann::ordered_json::object();
  for (std::uint32_t i = 0; i < report.port_count; i++) ports[report.ports[i].name] = port(report.ports[i]);
  text["ports"] = ports;
  if (report.outcome != CARD_DONE) text["message"] = report.message;
  static std::mutex mutex;
  static bool failed = false;
  const std::lock_guard<std::mutex> lock(mutex);
  std::ofstream out(file, std::ios::app);
  out << text.dump() << '\n';
  if (!out.flush() && !std::exchange(failed, true)) {
    std::fprintf(stderr, "Cipherstream Simulation: cannot write CIPHERSTREAM_SIM_STATS=%s\n", file.c_str());
  }
}

}  // namespace cipherstream::sim
