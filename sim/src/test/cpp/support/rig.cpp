#include "rig.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "ocl/card.h"

namespace cipherstream::test {

std::shared_ptr<const sim::DeviceImage> read_image(const std::string &file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return std::make_shared<const sim::DeviceImage>(sim::parse_image(bytes.data(), bytes.size()));
}

Rig::Rig(std::shared_ptr<const sim::DeviceImage> image, std::string header, std::uint64_t memory_bytes)
    : bytes(memory_bytes),
      owners(memory_bytes / CARD_LINE_BYTES),
      image_(std::move(image)),
      header_(std::move(header)),
      model_(sim::load_model(*image_)) {}

Rig::~Rig() {
  if (unit_ != nullptr) model_.destroy(unit_);
}

void Rig::power_up(card_options options) {
  if (unit_ != nullptr) model_.destroy(unit_);
  const card_memory memory = {bytes.data(), owners.data(), kMemoryBase, bytes.size()};
  char message[CARD_MESSAGE_BYTES] = "";
  options.image_json = header_.c_str();
  unit_ = model_.create(&options, &memory, message);
  if (unit_ == nullptr) throw std::runtime_error(name() + ": " + message);
}

card_report Rig::run(const std::vector<card_register> &registers, std::uint8_t owner) {
  card_report report;
  model_.run(unit_, registers.data(), registers.size(), owner, &report);
  return report;
}

}  // namespace cipherstream::test
