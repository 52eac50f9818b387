#include "card.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <utility>

#include "statistics.h"

namespace cipherstream::sim {

struct Card::Unit {
  const card_model *model = nullptr;
  card_unit *unit = nullptr;
  bool busy = false;
  bool hung = false;

  ~Unit() {
    if (unit != nullptr) model->destroy(unit);
  }
};

Card::Card(std::uint32_t index, const Settings &settings)
    : index_(index), settings_(settings), memory_(settings.memory_bytes) {}

Card::~Card() = default;

std::uint32_t Card::units() {
  const std::lock_guard lock(mutex_);
  return image_ ? settings_.units : 1;
}

double Card::clock_mhz() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return settings_.clock_mhz.value_or(image_ ? image_->clock_mhz : 300);
}

namespace {

// Bytes a cycle of the memory that the image was made for; 0 if it does not say.
std::uint32_t image_bandwidth(const DeviceImage &image) {
  constexpr double kMost = 1U << 30U;
  return static_cast<std::uint32_t>(
      std::min(kMost, std::round(image.memory_bytes_per_second / (image.clock_mhz * 1e6))));
}

}  // namespace

card_options Card::options(std::size_t unit) const {
  card_options options{};
  const bool first = index_ == 0 && unit == 0;
  const std::uint32_t bandwidth = settings_.bandwidth_bytes != 0 ? settings_.bandwidth_bytes : image_bandwidth(*image_);
  options.image_json = image_->json.c_str();
  options.latency_cycles = settings_.latency_cycles;
  // Each unit has its part of the card's bandwidth, used or not: units keep no common clock.
  options.bandwidth_bytes = bandwidth == 0 ? 0 : std::max<std::uint32_t>(1, bandwidth / settings_.units);
  options.stall_probability = settings_.stall_probability;
  options.stall_seed = settings_.stall_seed + 1000003 * index_ + unit;
  options.hang_cycles = settings_.hang_cycles;
  options.faults = first ? settings_.faults.data() : nullptr;
  options.fault_count = first ? settings_.faults.size() : 0;
  options.wave_file = first && !settings_.wave_file.empty() ? settings_.wave_file.c_str() : nullptr;
  options.wave_from = settings_.wave_from;
  options.wave_to = settings_.wave_to;
  options.wave_last = settings_.wave_last;
  return options;
}

void Card::build_units(const card_model &model) {
  std::vector<std::unique_ptr<Unit>> units;
  const card_memory view = memory_.view();
  for (std::uint32_t i = 0; i < settings_.units; i++) {
    auto unit = std::make_unique<Unit>();
    char message[CARD_MESSAGE_BYTES] = "";
    const card_options chosen = options(i);
    unit->model = &model;
    unit->unit = model.create(&chosen, &view, message);
    if (unit->unit == nullptr) throw ImageError("image " + image_->configuration + ": " + message);
    units.push_back(std::move(unit));
  }
  units_ = std::move(units);
}

void Card::program(const std::shared_ptr<const DeviceImage> &image) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (image_ && image_->digest != image->digest && users_ > 0) {
    throw CardBusy("card " + std::to_string(index_) + " is programmed with image " + image_->configuration +
                   ", which is in use; release its programs before " + image->configuration + " is loaded");
  }
  if (!image_ || image_->digest != image->digest) {
    const card_model &model = load_model(*image);
    const auto before = std::exchange(image_, image);
    try {
      build_units(model);
    } catch (...) {
      image_ = before;
      throw;
    }
  }
  for (const auto &unit : units_) {
    if (unit->hung) {
      unit->model->reset(unit->unit);
      unit->hung = false;
    }
  }
  users_++;
}

void Card::unprogram() {
  const std::lock_guard<std::mutex> lock(mutex_);
  users_--;
}

std::size_t Card::acquire(std::uint32_t wanted) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    bool any = false;
    for (std::size_t i = 0; i < units_.size(); i++) {
      if ((wanted != 0 && i + 1 != wanted) || units_[i]->hung) continue;
      any = true;
      if (units_[i]->busy) continue;
      units_[i]->busy = true;
      return i;
    }
    if (!any) {
      throw std::runtime_error("card " + std::to_string(index_) +
                               ": the compute unit hangs; load the program again to reset it");
    }
    freed_.wait(lock);
  }
}

CardRun Card::run(std::uint32_t wanted, const std::vector<card_register> &registers, std::uint8_t owner,
                  std::uint64_t result_address) {
  CardRun run{};
  run.clock_mhz = clock_mhz();
  const std::size_t index = acquire(wanted);
  Unit &unit = *units_[index];
  const auto start = std::chrono::steady_clock::now();
  unit.model->run(unit.unit, registers.data(), registers.size(), owner, &run.report);
  run.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!settings_.statistics_file.empty()) write_statistics(index, run, result_address);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    unit.hung = run.report.outcome != CARD_DONE;
    unit.busy = false;
  }
  freed_.notify_all();
  return run;
}

void Card::write_statistics(std::size_t unit, const CardRun &run, std::uint64_t result_address) {
  std::vector<std::uint64_t> words;
  if (result_address != 0) {
    words.resize(CARD_LINE_BYTES / sizeof(std::uint64_t));
    std::memcpy(words.data(), memory_.at(result_address), CARD_LINE_BYTES);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  append_statistics(settings_.statistics_file, {runs_++, index_, static_cast<std::uint32_t>(unit),
                                                image_->configuration, image_->model, run, words});
}

}  // namespace cipherstream::sim
