#include <filesystem>
#include <fstream>

#include "models.h"

namespace cipherstream::test {

TEST_F(UnitTest, Computes) {
  power_up({});
  const card_report report = run();
  expect_right(report);
  EXPECT_EQ(report.interrupt_lost, 0U);
  EXPECT_GT(report.cycles, 1000U);
  EXPECT_EQ(report.port_count, 5U);
}

// What the ports carry: a limb is N/8 beats.
TEST_F(UnitTest, CountsBeats) {
  power_up({});
  const std::uint64_t limb = scene.limb_lines();
  const card_report report = run();
  const auto port = [&](const std::string &name) {
    for (std::uint32_t i = 0; i < report.port_count; i++) {
      if (name == report.ports[i].name) return report.ports[i];
    }
    ADD_FAILURE() << "no port " << name;
    return card_port{};
  };
  EXPECT_EQ(port("program").read_beats, 1U + 1U + 4U) << "segments, moduli, descriptors";
  EXPECT_EQ(port("program").write_beats, 2U);
  EXPECT_EQ(port("ntt").read_beats, 2 * limb) << "the limb and its root table";
  EXPECT_EQ(port("ntt").write_beats, limb);
  EXPECT_EQ(port("a").read_beats, 3 * limb);
  EXPECT_EQ(port("b").read_beats, 2 * limb);
  EXPECT_EQ(port("d").write_beats, 2 * limb);
  EXPECT_EQ(port("d").read_beats, 0U);
}

TEST_F(UnitTest, ASlowMemoryChangesTheCyclesAndNotTheWords) {
  power_up({});
  const std::uint64_t fast = run().cycles;
  card_options options = quiet_options();
  options.latency_cycles = 500;
  options.bandwidth_bytes = 8;
  options.stall_probability = 0.7;
  options.stall_seed = 5;
  rig.power_up(options);
  const card_report report = run();
  expect_right(report);
  EXPECT_GT(report.cycles, 2 * fast);
  // The same seed, the same cycles.
  rig.power_up(options);
  EXPECT_EQ(run().cycles, report.cycles);
}

TEST_F(UnitTest, LinesOfOthersAreAnsweredWithAnError) {
  power_up({});
  Scene foreign = scene;
  foreign.owners[foreign.line(foreign.pool_address(2 * foreign.limb_lines() + 7))] = kStranger;
  const card_report report = test::run(rig, foreign, *image);
  EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_DONE));
  EXPECT_TRUE(report.status == 8 || report.status == 9) << report.status;
  const std::size_t at = (foreign.pool_address(2 * foreign.limb_lines() + 7) - kMemoryBase);
  EXPECT_EQ(std::memcmp(rig.bytes.data() + at, foreign.bytes.data() + at, CARD_LINE_BYTES), 0);
  expect_right(run());
}

TEST_F(UnitTest, RecordsAWaveform) {
  const std::string file = testing::TempDir() + "cipherstream-unit.fst";
  std::filesystem::remove(file);
  card_options options = quiet_options();
  options.wave_file = file.c_str();
#ifdef TEST_WAVES
  rig.power_up(options);
  expect_right(run());
  rig.power_up(quiet_options());
  std::ifstream in(file, std::ios::binary);
  char header[17] = {};
  in.read(header, sizeof header);
  // A block of the header's kind, 329 bytes long.
  EXPECT_EQ(header[0], 0);
  EXPECT_EQ(header[8], 73);
  EXPECT_EQ(header[7], 1);
  EXPECT_GT(std::filesystem::file_size(file), 10000U);
  std::filesystem::remove(file);
#else
  EXPECT_THROW(rig.power_up(options), std::runtime_error);
#endif
}

TEST_F(UnitTest, AWaveformThatCannotBeWrittenIsAnError) {
  card_options options = quiet_options();
  options.wave_file = "/nonexistent/folder/x.fst";
  EXPECT_THROW(rig.power_up(options), std::runtime_error);
}

}  // namespace cipherstream::test
