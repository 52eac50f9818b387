// A simulated card: device memory, compute units, the image it is programmed with.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "../image/device_image.h"
#include "cipherstream/card_model.h"
#include "settings.h"

namespace cipherstream::sim {

// The image or the card cannot take part: a different image is on the card.
class CardBusy : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Device memory: an address space of its own, reserved once, taken from the host as it is used.
// Thread-safe.
class CardMemory {
 public:
  explicit CardMemory(std::uint64_t bytes);
  ~CardMemory();
  CardMemory(const CardMemory &) = delete;
  CardMemory &operator=(const CardMemory &) = delete;

  // Address of `bytes` bytes for the context with that tag, aligned to 4 KiB; 0 if there is no room.
  std::uint64_t allocate(std::uint64_t bytes, std::uint8_t owner);
  void free(std::uint64_t address);
  // Host bytes at an address of allocate.
  std::byte *at(std::uint64_t address) const;
  // A tag for a context, 0 if all are taken.
  std::uint8_t take_owner();
  void free_owner(std::uint8_t owner);
  card_memory view() const;

 private:
  void mark(std::uint64_t address, std::uint64_t bytes, std::uint8_t owner);

  const std::uint64_t bytes_;
  std::byte *memory_;
  std::uint8_t *owners_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::uint64_t> free_;  // address, bytes
  std::map<std::uint64_t, std::uint64_t> used_;
  bool tags_[256] = {};
};

// A run as the statistics show it.
struct CardRun {
  card_report report;
  double clock_mhz;
  double wall_seconds;
};

class Card {
 public:
  Card(std::uint32_t index, const Settings &settings);
  ~Card();

  CardMemory &memory() { return memory_; }
  std::uint32_t index() const { return index_; }
  const Settings &settings() const { return settings_; }

  // Programs the card, or adds a user if it holds that image already; units that hang are reset.
  // Throws CardBusy if another image is in use, ImageError if the image's model cannot be loaded.
  void program(const std::shared_ptr<const DeviceImage> &image);
  // One user less.
  void unprogram();
  // Runs a kernel on a unit (0: the first that is free); waits for it. result_address: of the
  // argument named result, 0 if there is none. Throws std::runtime_error if the unit cannot run.
  CardRun run(std::uint32_t unit, const std::vector<card_register> &registers, std::uint8_t owner,
              std::uint64_t result_address);
  // Compute units of the image on it. Without one it has none, which drivers of cards report as one.
  std::uint32_t units();
  // MHz of the image on it, or what the environment says.
  double clock_mhz();

 private:
  struct Unit;

  std::size_t acquire(std::uint32_t unit);
  card_options options(std::size_t unit) const;
  void build_units(const card_model &model);
  void write_statistics(std::size_t unit, const CardRun &run, std::uint64_t result_address);

  const std::uint32_t index_;
  const Settings settings_;
  CardMemory memory_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::shared_ptr<const DeviceImage> image_;
  std::size_t users_ = 0;
  std::vector<std::unique_ptr<Unit>> units_;
  std::uint64_t runs_ = 0;
};

// The model in an image; loaded once a process, never unloaded. Throws ImageError.
const card_model &load_model(const DeviceImage &image);

}  // namespace cipherstream::sim
