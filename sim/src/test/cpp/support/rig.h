// A card model with device memory of its own, without the OpenCL platform around it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cipherstream/card_model.h"
#include "image/device_image.h"

namespace cipherstream::test {

constexpr std::uint64_t kMemoryBase = std::uint64_t{0x40} << 32U;

// Throws std::runtime_error if the file cannot be read, ImageError if it is no image.
std::shared_ptr<const sim::DeviceImage> read_image(const std::string &file);

class Rig {
 public:
  // `header` instead of the image's own: the golden model takes on the parameters of another core.
  Rig(std::shared_ptr<const sim::DeviceImage> image, std::string header, std::uint64_t memory_bytes);
  ~Rig();
  Rig(const Rig &) = delete;
  Rig &operator=(const Rig &) = delete;

  // A new unit; faults and wave_file of the options live as long as it. Throws std::runtime_error.
  void power_up(card_options options);
  void reset() { model_.reset(unit_); }
  card_report run(const std::vector<card_register> &registers, std::uint8_t owner);

  bool golden() const { return image_->model == "golden"; }
  std::string name() const { return image_->configuration; }
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> owners;

 private:
  const std::shared_ptr<const sim::DeviceImage> image_;
  const std::string header_;
  const card_model &model_;
  card_unit *unit_ = nullptr;
};

}  // namespace cipherstream::test
