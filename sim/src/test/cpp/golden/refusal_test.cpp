#include <gtest/gtest.h>

#include "golden/arithmetic.h"
#include "verilated/models.h"

namespace cipherstream::test {

// What the golden model and a Verilated unit say of jobs that no engine would send.
class RefusalTest : public testing::TestWithParam<const char *> {
 protected:
  RefusalTest()
      : image(model_image(GetParam())),
        rig(image, image->json, kModelMemoryBytes),
        scene(sample_scene(parameters_of(*image))) {
    rig.power_up(quiet_options());
  }
  // Status and line of the program with a change; then the program runs as if nothing had been.
  template <typename F>
  std::pair<std::uint32_t, std::uint32_t> after(F &&change) {
    Scene changed = scene;
    change(changed);
    const card_report report = run(rig, changed, *image);
    EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_DONE)) << report.message;
    if (report.status != 0) {
      // What a store before the refusal wrote is open, everything else as it was.
      EXPECT_EQ(std::memcmp(rig.bytes.data(), changed.bytes.data(), changed.arguments.pool - kMemoryBase), 0);
      EXPECT_EQ(run(rig, scene, *image).status, 0U);
      EXPECT_TRUE(data_words(rig, scene) == words());
    }
    return {report.status, report.failed_instruction};
  }
  const std::vector<std::uint64_t> &words() {
    if (words_.empty()) words_ = sample_words(scene);
    return words_;
  }
  // A field of a line of the stream is another.
  template <typename T>
  std::pair<std::uint32_t, std::uint32_t> with(std::uint64_t line, std::size_t field, T value) {
    return after([&](Scene &s) { s.put(s.jobs[0].stream + line * CARD_LINE_BYTES + field, value); });
  }

  using Status = std::pair<std::uint32_t, std::uint32_t>;
  const std::shared_ptr<const sim::DeviceImage> image;
  Rig rig;
  const Scene scene;

 private:
  std::vector<std::uint64_t> words_;
};

INSTANTIATE_TEST_SUITE_P(Models, RefusalTest, testing::Values("sim-golden", TEST_MODEL));

TEST_P(RefusalTest, ComputesByTheFormulas) {
  EXPECT_EQ(run(rig, scene, *image).status, 0U);
  EXPECT_TRUE(data_words(rig, scene) == words());
}

TEST_P(RefusalTest, RefusesEachBadOperation) {
  using Byte = std::uint8_t;
  using Half = std::uint16_t;
  const unsigned slots = parameters_of(*image).slots;
  EXPECT_EQ(with(kLoad, CORE_AT_OPCODE, Byte{0}), Status(1, kLoad));
  EXPECT_EQ(with(kXfm, CORE_AT_OPCODE, Byte{CORE_OP_END + 1}), Status(1, kXfm));
  EXPECT_EQ(with(kXfm, CORE_AT_OPCODE, Byte{CORE_OP_RECEIVE}), Status(1, kXfm)) << "there is one cluster";
  EXPECT_EQ(with(kMap, CORE_AT_OPCODE, Byte{CORE_OP_END}), Status(1, kMap)) << "not the last line";
  EXPECT_EQ(with(kEnd, CORE_AT_OPCODE, Byte{CORE_OP_LOAD}), Status(1, kEnd)) << "the last line";
  EXPECT_EQ(with(kXfm, CORE_AT_MODULUS, Byte{1}), Status(2, kXfm));
  EXPECT_EQ(with(kXfm, CORE_AT_FLAGS, Half{CORE_FLAG_REDUCE}), Status(0, 0));
  EXPECT_EQ(with(kLoad, CORE_AT_SEGMENT, std::uint32_t{2}), Status(3, kLoad));
  EXPECT_EQ(with(kTerm, CORE_AT_TERM_B, std::uint32_t{0xffffffff}), Status(3, kDot));
  EXPECT_EQ(with(kLoad, CORE_AT_LINE, std::uint32_t{1}), Status(4, kLoad));
  EXPECT_EQ(with(kTerm, CORE_AT_TERM_VALUE, std::uint64_t{0xffffffff}), Status(4, kDot));
  EXPECT_EQ(with(kStoreD, CORE_AT_SEGMENT, std::uint32_t{0}), Status(5, kStoreD));
  EXPECT_EQ(with(kMap, CORE_AT_A_SLOT, static_cast<Half>(slots)), Status(6, kMap));
  EXPECT_EQ(with(kMap, CORE_AT_D_SLOTS, static_cast<Half>(slots)), Status(6, kMap));
  EXPECT_EQ(with(kMap, CORE_AT_D_SLOTS + 2, Half{0}), Status(6, kMap)) << "a second cluster's slot";
  EXPECT_EQ(with(kStoreD, CORE_AT_A_SLOT, Half{CORE_SLOT_NONE}), Status(6, kStoreD));
  EXPECT_EQ(with(kLoad, CORE_AT_GALOIS, std::uint32_t{6}), Status(6, kLoad));
  EXPECT_EQ(with(kLoad, CORE_AT_REPEAT, Byte{0x20}), Status(6, kLoad));
  EXPECT_EQ(with(kXfm, CORE_AT_SCALE, std::uint64_t{1} << 60U), Status(6, kXfm));
  EXPECT_EQ(with(kXfm, CORE_AT_FLAGS, Half{CORE_FLAG_MEMORY_A}), Status(6, kXfm));
  EXPECT_EQ(with(kDot, CORE_AT_TERMS, Byte{0}), Status(6, kDot));
  EXPECT_EQ(with(kDot, CORE_AT_TERMS, Byte{CORE_TERMS_MAX + 1}), Status(6, kDot));
  EXPECT_EQ(with(kTerm, CORE_AT_TERM_KIND, Byte{3}), Status(6, kDot));
  EXPECT_EQ(with(kMap, 28, std::uint32_t{77}), Status(0, 0)) << "bytes that no field has";
}

TEST_P(RefusalTest, RefusesBadArgumentsAndTables) {
  EXPECT_EQ(after([](Scene &s) { s.arguments.degree_bits = 9; }), Status(7, 0));
  EXPECT_EQ(after([](Scene &s) { s.arguments.modulus_count = 65; }), Status(7, 0));
  EXPECT_EQ(after([](Scene &s) { s.arguments.pool_lines = 4 * s.limb_lines() - 1; }), Status(7, 0));
  EXPECT_EQ(after([](Scene &s) { s.put(s.jobs[0].line + 32, std::uint64_t{1000}); }), Status(7, 0)) << "segments";
  EXPECT_EQ(after([](Scene &s) { s.put(s.jobs[0].line + 16, std::uint64_t{0}); }), Status(7, 0)) << "no stream";
  EXPECT_EQ(after([](Scene &s) { s.put(s.jobs[0].segments, ~std::uint64_t{0}); }), Status(7, 0));
  EXPECT_EQ(after([](Scene &s) { s.put(s.arguments.tables + 8, ~std::uint64_t{0}); }), Status(7, 0));
}

// A card sees an error answer while later operations are already on their way: the line is the golden model's alone.
TEST_P(RefusalTest, SeesOnlyTheOwnersLines) {
  const auto without = [&](std::uint64_t address, std::uint64_t further = 0) {
    return after([&](Scene &s) { s.owners[s.line(address) + further] = kStranger; });
  };
  EXPECT_EQ(without(scene.arguments.tables), Status(8, 0));
  EXPECT_EQ(without(scene.arguments.jobs), Status(8, 0));
  EXPECT_EQ(without(scene.jobs[0].segments), Status(8, 0));
  const Status stream = without(scene.jobs[0].stream, kMap);
  const Status store = without(scene.data_address(scene.limb_lines()));
  EXPECT_EQ(stream.first, 8U);
  EXPECT_EQ(store.first, 9U);
  if (rig.golden()) {
    EXPECT_EQ(stream.second, kMap);
    EXPECT_EQ(store.second, kStoreD);
  }
  EXPECT_EQ(without(scene.jobs[0].result), Status(9, 0));
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
