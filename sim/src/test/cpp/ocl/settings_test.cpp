#include "ocl/settings.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <stdexcept>

namespace cipherstream::test {

namespace {

// The settings with these variables and no others; the environment is as before afterwards.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string> &variables) {
    for (const char *name : {"CARDS", "UNITS", "MEMORY", "LATENCY", "BANDWIDTH", "HANG_CYCLES", "STALL", "FAULT",
                             "CLOCK_MHZ", "WAVE", "STATS"}) {
      const std::string full = std::string("CIPHERSTREAM_SIM_") + name;
      if (const char *value = std::getenv(full.c_str())) before_[full] = value;
      unsetenv(full.c_str());
    }
    for (const auto &[name, value] : variables) {
      set_.push_back("CIPHERSTREAM_SIM_" + name);
      setenv(set_.back().c_str(), value.c_str(), 1);
    }
  }
  ~Environment() {
    for (const auto &name : set_) unsetenv(name.c_str());
    for (const auto &[name, value] : before_) setenv(name.c_str(), value.c_str(), 1);
  }

 private:
  std::map<std::string, std::string> before_;
  std::vector<std::string> set_;
};

sim::Settings settings(const std::map<std::string, std::string> &variables) {
  const Environment environment(variables);
  return sim::settings_from_environment();
}

std::string refusal(const std::map<std::string, std::string> &variables) {
  try {
    settings(variables);
    return "";
  } catch (const std::invalid_argument &e) {
    return e.what();
  }
}

std::string refusal(const std::string &name, const std::string &value) {
  return refusal(std::map<std::string, std::string>{{name, value}});
}

}  // namespace

TEST(SettingsTest, HaveDefaults) {
  const auto s = settings({});
  EXPECT_EQ(s.cards, 1U);
  EXPECT_EQ(s.units, 1U);
  EXPECT_EQ(s.memory_bytes, std::uint64_t{4} << 30U);
  EXPECT_EQ(s.latency_cycles, 40U);
  EXPECT_EQ(s.bandwidth_bytes, 0U);
  EXPECT_EQ(s.hang_cycles, 4000000U);
  EXPECT_EQ(s.stall_probability, 0);
  EXPECT_FALSE(s.clock_mhz);
  EXPECT_TRUE(s.faults.empty());
  EXPECT_EQ(s.wave_file + s.statistics_file, "");
}

TEST(SettingsTest, AreWhatTheVariablesSay) {
  const auto s = settings({{"CARDS", "3"},
                           {"UNITS", "16"},
                           {"MEMORY", "1052000"},
                           {"LATENCY", "1"},
                           {"BANDWIDTH", "64"},
                           {"HANG_CYCLES", "1000"},
                           {"STALL", "0.25:99"},
                           {"CLOCK_MHZ", "123.5"},
                           {"WAVE", "w"},
                           {"WAVE_FROM", "7"},
                           {"WAVE_TO", "8"},
                           {"STATS", "s"}});
  EXPECT_EQ(s.cards, 3U);
  EXPECT_EQ(s.units, 16U);
  EXPECT_EQ(s.memory_bytes, 1048576U) << "whole pages";
  EXPECT_EQ(s.latency_cycles, 1U);
  EXPECT_EQ(s.bandwidth_bytes, 64U);
  EXPECT_EQ(s.hang_cycles, 1000U);
  EXPECT_EQ(s.stall_probability, 0.25);
  EXPECT_EQ(s.stall_seed, 99U);
  EXPECT_EQ(s.clock_mhz, 123.5);
  EXPECT_EQ(s.wave_file, "w");
  EXPECT_EQ(s.wave_from, 7U);
  EXPECT_EQ(s.wave_to, 8U);
  EXPECT_EQ(settings({{"WAVE_LAST", "100"}}).wave_last, 100U);
  EXPECT_EQ(s.statistics_file, "s");
}

TEST(SettingsTest, ListFaults) {
  const auto s = settings({{"FAULT", "flip@5,stuck-ready:ntt@70,read-error@1,write-error@2,lost-interrupt@3"}});
  ASSERT_EQ(s.faults.size(), 5U);
  EXPECT_EQ(s.faults[0].kind, static_cast<std::uint32_t>(CARD_FAULT_FLIP));
  EXPECT_EQ(s.faults[0].at, 5U);
  EXPECT_EQ(s.faults[1].kind, static_cast<std::uint32_t>(CARD_FAULT_STUCK_READY));
  EXPECT_STREQ(s.faults[1].port, "ntt");
  EXPECT_EQ(s.faults[1].at, 70U);
  EXPECT_EQ(s.faults[4].kind, static_cast<std::uint32_t>(CARD_FAULT_LOST_INTERRUPT));
}

TEST(SettingsTest, NameWhatIsWrong) {
  EXPECT_EQ(refusal("CARDS", "0"), "CIPHERSTREAM_SIM_CARDS=0: expected a number from 1 to 16");
  EXPECT_EQ(refusal("CARDS", "2x"), "CIPHERSTREAM_SIM_CARDS=2x: expected a number from 1 to 16");
  EXPECT_NE(refusal("UNITS", "17"), "");
  EXPECT_NE(refusal("UNITS", "-1"), "");
  EXPECT_NE(refusal("MEMORY", "1048575"), "");
  EXPECT_NE(refusal("LATENCY", "0"), "");
  EXPECT_NE(refusal("BANDWIDTH", "0"), "");
  EXPECT_NE(refusal("HANG_CYCLES", "999"), "");
  EXPECT_NE(refusal("CLOCK_MHZ", "0"), "");
  EXPECT_NE(refusal("CLOCK_MHZ", "nan"), "");
  EXPECT_NE(refusal("WAVE_TO", "0"), "");
  EXPECT_NE(refusal("WAVE_LAST", "99"), "");
  EXPECT_EQ(refusal(std::map<std::string, std::string>{{"WAVE_FROM", "9"}, {"WAVE_TO", "9"}}),
            "CIPHERSTREAM_SIM_WAVE_TO=9: expected a cycle after WAVE_FROM");
  EXPECT_EQ(refusal(std::map<std::string, std::string>{{"WAVE_FROM", "0"}, {"WAVE_LAST", "500"}}),
            "CIPHERSTREAM_SIM_WAVE_LAST=500: expected no WAVE_FROM and no WAVE_TO beside it");
  for (const char *stall : {"0.5", "0.96:1", "-0.1:1", "nan:1", "0.5:x", ":1", "0.5:"}) {
    EXPECT_NE(refusal("STALL", stall), "") << stall;
  }
  for (const char *fault : {"flip", "flip@0", "flip@x", "flop@1", "flip:ntt@1", "stuck-ready@1", "stuck-ready:@1",
                            "stuck-ready:0123456789abcdef@1", "flip@1,", ",flip@1", "read-error@1@2"}) {
    EXPECT_NE(refusal("FAULT", fault), "") << fault;
  }
  EXPECT_EQ(refusal("CARDS", ""), "") << "empty is not set";
}

}  // namespace cipherstream::test
