// The models under test, beside each other.
#pragma once

#include <gtest/gtest.h>

#include "support/sample.h"

namespace cipherstream::test {

constexpr std::uint64_t kModelMemoryBytes = std::uint64_t{1} << 20U;

inline std::shared_ptr<const sim::DeviceImage> model_image(const std::string &name) {
  return read_image(TEST_IMAGES "/" + name + "/" + name + ".csimg");
}

inline card_options quiet_options() {
  card_options options{};
  options.latency_cycles = 20;
  options.hang_cycles = 4000000;
  return options;
}

// A Verilated unit with the sample program.
class UnitTest : public testing::Test {
 protected:
  UnitTest()
      : image(model_image(TEST_MODEL)),
        rig(image, image->json, kModelMemoryBytes),
        scene(sample_scene(parameters_of(*image))) {}

  void power_up(const std::vector<card_fault> &faults, std::uint64_t hang_cycles = 4000000) {
    card_options options = quiet_options();
    options.hang_cycles = hang_cycles;
    options.faults = faults.data();
    options.fault_count = faults.size();
    rig.power_up(options);
  }
  card_report run() { return test::run(rig, scene, *image); }
  void expect_right(const card_report &report) {
    EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_DONE)) << report.message;
    EXPECT_EQ(report.status, 0U);
    EXPECT_TRUE(data_words(rig, scene) == expected());
  }
  const std::vector<std::uint64_t> &expected() {
    static const std::vector<std::uint64_t> words = sample_words(scene);
    return words;
  }

  const std::shared_ptr<const sim::DeviceImage> image;
  Rig rig;
  const Scene scene;
};

inline card_fault fault(card_fault_kind kind, std::uint64_t at, const char *port = "") {
  card_fault made{};
  made.kind = kind;
  made.at = at;
  std::strncpy(made.port, port, sizeof made.port - 1);
  return made;
}

}  // namespace cipherstream::test
