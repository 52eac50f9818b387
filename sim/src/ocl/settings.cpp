#include "settings.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace cipherstream::sim {

namespace {

constexpr std::uint64_t kMemoryBytesMin = 1U << 20U;
constexpr std::uint64_t kMemoryBytesMax = std::uint64_t{1} << 40U;

[[noreturn]] void refuse(const std::string &name, std::string_view came, const std::string &expected) {
  throw std::invalid_argument("CIPHERSTREAM_SIM_" + name + "=" + std::string(came) + ": expected " + expected);
}

std::optional<std::string> variable(const char *name) {
  const char *value = std::getenv((std::string("CIPHERSTREAM_SIM_") + name).c_str());
  return value == nullptr || *value == 0 ? std::nullopt : std::optional<std::string>(value);
}

template <typename T>
bool parse(std::string_view text, T &value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

template <typename T>
void number(const char *name, T &value, std::uint64_t min, std::uint64_t max) {
  const auto text = variable(name);
  if (!text) return;
  std::uint64_t parsed = 0;
  if (!parse(*text, parsed) || parsed < min || parsed > max) {
    refuse(name, *text, "a number from " + std::to_string(min) + " to " + std::to_string(max));
  }
  value = static_cast<T>(parsed);
}

void stall(Settings &settings) {
  const auto text = variable("STALL");
  if (!text) return;
  const std::size_t colon = text->find(':');
  const std::string_view all = *text;
  if (colon == std::string::npos || !parse(all.substr(0, colon), settings.stall_probability) ||
      !parse(all.substr(colon + 1), settings.stall_seed) || !(settings.stall_probability >= 0) ||
      settings.stall_probability > 0.95) {
    refuse("STALL", *text, "<probability from 0 to 0.95>:<seed>");
  }
}

constexpr char kFaults[] =
    "a list of flip@<read beat>, stuck-ready:<port>@<cycle>, read-error@<read beat>, "
    "write-error@<write burst>, lost-interrupt@<run>, counted from 1";

card_fault fault(std::string_view text) {
  static constexpr struct {
    std::string_view name;
    card_fault_kind kind;
  } kKinds[] = {{"flip", CARD_FAULT_FLIP},
                {"stuck-ready", CARD_FAULT_STUCK_READY},
                {"read-error", CARD_FAULT_READ_ERROR},
                {"write-error", CARD_FAULT_WRITE_ERROR},
                {"lost-interrupt", CARD_FAULT_LOST_INTERRUPT}};
  card_fault result{};
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || !parse(text.substr(at + 1), result.at) || result.at == 0) {
    refuse("FAULT", text, kFaults);
  }
  std::string_view name = text.substr(0, at);
  const std::size_t colon = name.find(':');
  const std::string_view port = colon == std::string_view::npos ? "" : name.substr(colon + 1);
  name = name.substr(0, colon);
  for (const auto &kind : kKinds) {
    if (kind.name == name) result.kind = kind.kind;
  }
  if (result.kind == 0 || port.size() >= CARD_NAME_BYTES || (result.kind == CARD_FAULT_STUCK_READY) == port.empty()) {
    refuse("FAULT", text, kFaults);
  }
  std::memcpy(result.port, port.data(), port.size());
  return result;
}

void faults(Settings &settings) {
  const auto text = variable("FAULT");
  if (!text) return;
  std::string_view rest = *text;
  while (true) {
    const std::size_t comma = rest.find(',');
    settings.faults.push_back(fault(rest.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    rest.remove_prefix(comma + 1);
  }
}

void waves(Settings &settings) {
  settings.wave_file = variable("WAVE").value_or("");
  constexpr std::uint64_t kCyclesMax = std::uint64_t{1} << 60U;
  number("WAVE_FROM", settings.wave_from, 0, kCyclesMax);
  number("WAVE_TO", settings.wave_to, 1, kCyclesMax);
  number("WAVE_LAST", settings.wave_last, 100, kCyclesMax);
  if (settings.wave_to != 0 && settings.wave_to <= settings.wave_from) {
    refuse("WAVE_TO", *variable("WAVE_TO"), "a cycle after WAVE_FROM");
  }
  if (settings.wave_last != 0 && (variable("WAVE_FROM") || variable("WAVE_TO"))) {
    refuse("WAVE_LAST", *variable("WAVE_LAST"), "no WAVE_FROM and no WAVE_TO beside it");
  }
}

void clock(Settings &settings) {
  const auto text = variable("CLOCK_MHZ");
  if (!text) return;
  double mhz = 0;
  if (!parse(std::string_view(*text), mhz) || !(mhz >= 0.001) || mhz > 10000) {
    refuse("CLOCK_MHZ", *text, "MHz from 0.001 to 10000");
  }
  settings.clock_mhz = mhz;
}

}  // namespace

Settings settings_from_environment() {
  Settings settings;
  number("CARDS", settings.cards, 1, 16);
  number("UNITS", settings.units, 1, 16);
  number("MEMORY", settings.memory_bytes, kMemoryBytesMin, kMemoryBytesMax);
  number("LATENCY", settings.latency_cycles, 1, 100000);
  number("BANDWIDTH", settings.bandwidth_bytes, 1, 1U << 20U);
  number("HANG_CYCLES", settings.hang_cycles, 1000, std::uint64_t{1} << 40U);
  stall(settings);
  faults(settings);
  clock(settings);
  waves(settings);
  settings.statistics_file = variable("STATS").value_or("");
  settings.memory_bytes -= settings.memory_bytes % 4096;
  return settings;
}

}  // namespace cipherstream::sim
