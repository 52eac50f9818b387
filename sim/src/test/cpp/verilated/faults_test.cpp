#include "models.h"

namespace cipherstream::test {

using FaultsTest = UnitTest;

namespace {

constexpr std::uint32_t kWatchdog = 10;
// Within the sample program, before any port is through.
constexpr std::uint64_t kEarly = 150;

}  // namespace

class StuckTest : public UnitTest, public testing::WithParamInterface<const char *> {};

// The core's watchdog sees it, the unit says so, and a reset brings it back.
TEST_P(StuckTest, AMemoryThatTakesNothingIsNoticedAndResetHelps) {
  power_up({fault(CARD_FAULT_STUCK_READY, kEarly, GetParam())});
  const card_report report = run();
  EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_HUNG));
  EXPECT_EQ(report.status, kWatchdog);
  EXPECT_NE(std::string(report.message).find("the core's watchdog stopped the program"), std::string::npos)
      << report.message;
  // Without a reset it starts nothing.
  EXPECT_EQ(run().outcome, static_cast<std::uint32_t>(CARD_HUNG));
  rig.reset();
  expect_right(run());
  expect_right(run());
}

INSTANTIATE_TEST_SUITE_P(Ports, StuckTest, testing::Values("program0", "limbs0", "streams0"));

TEST_F(FaultsTest, AShellThatWaitsLessThanTheWatchdogGivesUpFirst) {
  power_up({fault(CARD_FAULT_STUCK_READY, kEarly, "limbs0")}, 10000);
  const card_report report = run();
  EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_HUNG));
  EXPECT_NE(std::string(report.message).find("no word moved in 10000 cycles"), std::string::npos) << report.message;
  rig.reset();
  expect_right(run());
}

TEST_F(FaultsTest, AReadErrorEndsTheProgramAndTheUnitGoesOn) {
  for (const std::uint64_t beat : {1, 3, 7, 100, 300}) {
    power_up({fault(CARD_FAULT_READ_ERROR, beat)});
    const card_report report = run();
    EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_DONE)) << report.message;
    EXPECT_EQ(report.status, 8U) << "beat " << beat;
    expect_right(run());
  }
}

TEST_F(FaultsTest, AWriteErrorEndsTheProgramAndTheUnitGoesOn) {
  for (const std::uint64_t burst : {1, 2, 5}) {
    power_up({fault(CARD_FAULT_WRITE_ERROR, burst)});
    const card_report report = run();
    EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_DONE)) << report.message;
    EXPECT_EQ(report.status, 9U) << "burst " << burst;
    expect_right(run());
  }
}

TEST_F(FaultsTest, ALostInterruptIsMadeUpForByPolling) {
  power_up({fault(CARD_FAULT_LOST_INTERRUPT, 2)});
  const card_report first = run();
  expect_right(first);
  EXPECT_EQ(first.interrupt_lost, 0U);
  const card_report second = run();
  expect_right(second);
  EXPECT_EQ(second.interrupt_lost, 1U);
  EXPECT_GT(second.cycles, first.cycles);
  EXPECT_EQ(run().interrupt_lost, 0U);
}

// The first read beats are tables and descriptors; beat 7 or a later one is a limb's.
TEST_F(FaultsTest, AFlippedBitChangesAWord) {
  power_up({fault(CARD_FAULT_FLIP, 40)});
  EXPECT_EQ(run().outcome, static_cast<std::uint32_t>(CARD_DONE));
  EXPECT_FALSE(data_words(rig, scene) == expected());
  expect_right(run());
}

// The model's checkers and assertions are awake: an address that is no line's is against the interface's rules, and
// what the checker says ends the run, not the process.
TEST_F(FaultsTest, TheProtocolCheckersWatchThePorts) {
  power_up({});
  Scene unaligned = scene;
  unaligned.put(unaligned.jobs[0].line + 40, unaligned.word(unaligned.jobs[0].line + 40) + 8);
  const card_report report = test::run(rig, unaligned, *image);
  EXPECT_EQ(report.outcome, static_cast<std::uint32_t>(CARD_FAILED));
  EXPECT_NE(std::string(report.message).find("m_axi_program0 AW: the address is no line's"), std::string::npos)
      << report.message;
  rig.reset();
  expect_right(run());
}

TEST_F(FaultsTest, APortThatIsNotThereIsRefused) {
  try {
    power_up({fault(CARD_FAULT_STUCK_READY, 1, "c")});
    FAIL() << "no port is called c";
  } catch (const std::runtime_error &e) {
    EXPECT_NE(std::string(e.what()).find("no memory port 'c'; expected one of program0, limbs0, streams0"),
              std::string::npos)
        << e.what();
  }
}

}  // namespace cipherstream::test
