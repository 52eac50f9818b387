#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "models.h"

namespace cipherstream::test {

TEST_F(UnitTest, Computes) {
  power_up({});
  const card_report report = run();
  expect_right(report);
  EXPECT_EQ(report.interrupt_lost, 0U);
  EXPECT_GT(report.cycles, 1000U);
  EXPECT_EQ(report.port_count, 3U);
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
  EXPECT_EQ(port("program0").read_beats, 1U + 1U + 1U + kSampleLines) << "modulus, job, segments, stream";
  EXPECT_EQ(port("program0").write_beats, kResultLines);
  EXPECT_EQ(port("limbs0").read_beats, 3 * limb) << "the limb twice and its root table";
  EXPECT_EQ(port("limbs0").write_beats, 3 * limb);
  EXPECT_EQ(port("streams0").read_beats, limb);
  EXPECT_EQ(port("streams0").write_beats, 0U);
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

// A limb and its root table come through one port with two IDs: mixed only when the memory waits at random.
TEST_F(UnitTest, AnswersOfTwoIdsOvertakeEachOther) {
  const auto overtaking = [](const card_report &report) {
    std::uint64_t all = 0;
    for (std::uint32_t i = 0; i < report.port_count; i++) all += report.ports[i].overtaking_beats;
    return all;
  };
  power_up({});
  EXPECT_EQ(overtaking(run()), 0U);
  card_options options = quiet_options();
  options.stall_probability = 0.2;
  options.stall_seed = 3;
  rig.power_up(options);
  const card_report mixed = run();
  expect_right(mixed);
  EXPECT_GT(overtaking(mixed), 20U);
}

// Registers that nobody wrote hold rubbish, not zeros: so many moduli no core has, while with none the first
// transform's would be missing.
TEST_F(UnitTest, WhatIsNotResetIsRubbish) {
  constexpr std::uint32_t kBadArgument = 7;
  for (const std::uint64_t seed : {1, 2, 3}) {
    card_options options = quiet_options();
    options.stall_seed = seed;
    rig.power_up(options);
    std::copy(scene.owners.begin(), scene.owners.end(), rig.owners.begin());
    std::vector<card_register> registers = scene.registers(*image);
    const auto &arguments = image->kernels.at(0).arguments;
    const auto count =
        std::find_if(arguments.begin(), arguments.end(), [](const auto &a) { return a.name == "modulusCount"; });
    registers.erase(std::remove_if(registers.begin(), registers.end(),
                                   [&](const card_register &r) { return r.offset == count->offset; }),
                    registers.end());
    EXPECT_EQ(rig.run(registers, kOwner).status, kBadArgument) << "seed " << seed;
    expect_right(run());
  }
}

TEST_F(UnitTest, LinesOfOthersAreAnsweredWithAnError) {
  power_up({});
  Scene foreign = scene;
  foreign.owners[foreign.line(foreign.data_address(2 * foreign.limb_lines() + 7))] = kStranger;
  const card_report report = test::run(rig, foreign, *image);
  EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_DONE));
  EXPECT_TRUE(report.status == 8 || report.status == 9) << report.status;
  const std::size_t at = (foreign.data_address(2 * foreign.limb_lines() + 7) - kMemoryBase);
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

#ifdef TEST_WAVES
namespace {

// First and last half cycle of a waveform: in its header, big endian; the last is 0 in a file that is not complete.
std::pair<std::uint64_t, std::uint64_t> times(const std::string &file) {
  std::ifstream in(file, std::ios::binary);
  std::array<unsigned char, 25> header{};
  in.read(reinterpret_cast<char *>(header.data()), header.size());
  EXPECT_TRUE(in.good()) << file;
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = at; i < at + 8; i++) value = value << 8U | header[i];
    return value;
  };
  return {number(9), number(17)};
}

}  // namespace

TEST_F(UnitTest, RecordsTheCyclesThatAreAskedFor) {
  const std::string file = testing::TempDir() + "cipherstream-window.fst";
  card_options options = quiet_options();
  options.wave_file = file.c_str();
  options.wave_from = 500;
  options.wave_to = 700;
  rig.power_up(options);
  expect_right(run());
  rig.power_up(quiet_options());
  const auto [first, last] = times(file);
  EXPECT_EQ(first, 2 * 500U);
  EXPECT_EQ(last, 2 * 699U + 1);
  std::filesystem::remove(file);
}

TEST_F(UnitTest, KeepsWhatLedToAFailure) {
  const std::string stem = testing::TempDir() + "cipherstream-last";
  const std::string file = stem + ".fst";
  const card_fault stuck = fault(CARD_FAULT_STUCK_READY, 800, "limbs0");
  card_options options = quiet_options();
  options.wave_file = file.c_str();
  options.wave_last = 1000;
  options.faults = &stuck;
  options.fault_count = 1;
  rig.power_up(options);
  const card_report report = run();
  EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_HUNG));
  const auto even = times(stem + ".0.fst");
  const auto odd = times(stem + ".1.fst");
  const auto &[before, after] = std::minmax(even, odd);
  EXPECT_EQ(before.first % 2000, 0U);
  EXPECT_EQ(before.second - before.first, 1999U);
  EXPECT_EQ(after.first, before.second + 1);
  EXPECT_GT(after.second, 2 * report.cycles) << "cycles count from the start, the file's from the unit's";
  // What comes later is not recorded: the files stay as they are.
  rig.reset();
  expect_right(run());
  rig.power_up(quiet_options());
  EXPECT_EQ(times(stem + ".0.fst"), even);
  EXPECT_EQ(times(stem + ".1.fst"), odd);
  std::filesystem::remove(stem + ".0.fst");
  std::filesystem::remove(stem + ".1.fst");
}
#endif

TEST_F(UnitTest, AWaveformThatCannotBeWrittenIsAnError) {
  card_options options = quiet_options();
  options.wave_file = "/nonexistent/folder/x.fst";
  EXPECT_THROW(rig.power_up(options), std::runtime_error);
}

}  // namespace cipherstream::test
