#include <gtest/gtest.h>

#include "golden/arithmetic.h"
#include "verilated/models.h"

namespace cipherstream::test {

class GoldenTest : public testing::Test {
 protected:
  GoldenTest()
      : image(model_image("sim-golden")),
        rig(image, image->json, kModelMemoryBytes),
        scene(sample_scene(parameters_of(*image))) {
    rig.power_up(quiet_options());
  }
  // Status and instruction of the program with a change.
  template <typename F>
  std::pair<std::uint32_t, std::uint32_t> after(F &&change) {
    Scene changed = scene;
    change(changed);
    const card_report report = run(rig, changed, *image);
    EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_DONE)) << report.message;
    return {report.status, report.failed_instruction};
  }
  template <typename F>
  std::pair<std::uint32_t, std::uint32_t> with_descriptor(std::uint64_t index, F &&change) {
    return after([&](Scene &s) {
      limb_descriptor d = s.descriptor(index);
      change(d);
      s.put(index, d);
    });
  }

  using Status = std::pair<std::uint32_t, std::uint32_t>;
  const std::shared_ptr<const sim::DeviceImage> image;
  Rig rig;
  const Scene scene;
};

TEST_F(GoldenTest, ComputesByTheFormulas) {
  EXPECT_EQ(run(rig, scene, *image).status, 0U);
  EXPECT_TRUE(pool_words(rig, scene) == sample_words(scene));
}

TEST_F(GoldenTest, RefusesEachBadDescriptor) {
  EXPECT_EQ(with_descriptor(0, [](auto &d) { d.opcode = 0; }), Status(1, 0));
  EXPECT_EQ(with_descriptor(1, [](auto &d) { d.opcode = LIMB_OP_LAST + 1; }), Status(1, 1));
  EXPECT_EQ(with_descriptor(1, [](auto &d) { d.modulus = 1; }), Status(2, 1));
  EXPECT_EQ(with_descriptor(1, [](auto &d) { d.source_modulus = 1; }), Status(2, 1));
  EXPECT_EQ(with_descriptor(2, [](auto &d) { d.d_segment = 2; }), Status(3, 2));
  EXPECT_EQ(with_descriptor(2, [](auto &d) { d.b_segment = 0xffffffff; }), Status(3, 2));
  EXPECT_EQ(with_descriptor(2, [](auto &d) { d.a_line = 0xffffffff; }), Status(4, 2));
  EXPECT_EQ(with_descriptor(2, [](auto &d) { d.d_line += 1; }), Status(4, 2));
  EXPECT_EQ(with_descriptor(2, [](auto &d) { d.d_segment = d.d_line = 0; }), Status(5, 2));
  EXPECT_EQ(with_descriptor(1, [](auto &d) { d.repeat = 0x20; }), Status(6, 1));
  EXPECT_EQ(with_descriptor(0, [](auto &d) { d.repeat = 1; }), Status(6, 0)) << "NTT has no operand b";
  EXPECT_EQ(with_descriptor(1, [](auto &d) { d.constant = std::uint64_t{1} << 60U; }), Status(6, 1));
  EXPECT_EQ(with_descriptor(3, [](auto &d) { d.d_segment = 77; }), Status(0, 0)) << "ZEROS writes nothing";
}

TEST_F(GoldenTest, RefusesBadArgumentsAndTables) {
  EXPECT_EQ(after([](Scene &s) { s.arguments.degree_bits = 9; }), Status(7, 0));
  EXPECT_EQ(after([](Scene &s) { s.arguments.segment_count = 65; }), Status(7, 0));
  EXPECT_EQ(after([](Scene &s) { s.arguments.modulus_count = 65; }), Status(7, 0));
  EXPECT_EQ(after([](Scene &s) { s.arguments.pool_lines--; }), Status(7, 0));
  EXPECT_EQ(after([](Scene &s) { s.put(s.arguments.segments, ~std::uint64_t{0}); }), Status(7, 0));
  EXPECT_EQ(after([](Scene &s) { s.put(s.arguments.tables + 8, ~std::uint64_t{0}); }), Status(7, 0));
}

TEST_F(GoldenTest, SeesOnlyTheOwnersLines) {
  EXPECT_EQ(after([](Scene &s) { s.owners[s.line(s.arguments.tables)] = kStranger; }), Status(8, 0));
  EXPECT_EQ(after([](Scene &s) { s.owners[s.line(s.arguments.descriptors) + 2] = 0; }), Status(8, 2));
  EXPECT_EQ(after([](Scene &s) { s.owners[s.line(s.pool_address(s.limb_lines()))] = kStranger; }), Status(9, 0));
  EXPECT_EQ(after([](Scene &s) { s.owners[s.line(s.arguments.result)] = kStranger; }).first, 9U);
}

TEST(ArithmeticTest, HoldsAtTheEdges) {
  const std::uint64_t q = (std::uint64_t{1} << 60U) - 93;
  EXPECT_EQ(golden::add(q - 1, q - 1, q), q - 2);
  EXPECT_EQ(golden::subtract(0, q - 1, q), 1U);
  EXPECT_EQ(golden::multiply(q - 1, q - 1, q), 1U);
  EXPECT_EQ(golden::half(1, q), (q + 1) / 2);
  EXPECT_EQ(golden::power(3, q - 1, q), 1U);
  EXPECT_EQ(golden::multiply(golden::inverse(12345, q), 12345, q), 1U);
  EXPECT_EQ(golden::reversed(0b0011, 4), 0b1100U);
}

}  // namespace cipherstream::test
