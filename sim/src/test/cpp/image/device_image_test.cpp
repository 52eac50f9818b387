#include "image/device_image.h"

#include <gtest/gtest.h>

#include "image/sha256.h"
#include "support/random.h"

namespace cipherstream::test {

namespace {

using sim::ImageError;
using sim::parse_image;

const std::string kHeader =
    R"({"configuration":"c","model":"golden","clockMHz":300.5,"memory":{"bytesPerSecond":1e9},)"
    R"("kernels":[{"name":"k","arguments":[{"name":"x","offset":16,"bits":64,"pointer":true}]}]})";

std::vector<std::byte> image(const std::string &header = kHeader) {
  return sim::make_image(header, std::vector<std::byte>(100, std::byte{7}));
}

std::string refusal(const std::vector<std::byte> &bytes) {
  try {
    parse_image(bytes.data(), bytes.size());
    return "";
  } catch (const ImageError &e) {
    return e.what();
  }
}

// The header with a piece replaced.
std::string with(const std::string &from, const std::string &to) {
  std::string header = kHeader;
  const std::size_t at = header.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return header.replace(at, from.size(), to);
}

}  // namespace

TEST(DeviceImageTest, WhatIsMadeIsRead) {
  const auto bytes = image();
  const auto parsed = parse_image(bytes.data(), bytes.size());
  EXPECT_EQ(parsed.configuration, "c");
  EXPECT_EQ(parsed.model, "golden");
  EXPECT_EQ(parsed.clock_mhz, 300.5);
  EXPECT_EQ(parsed.memory_bytes_per_second, 1e9);
  ASSERT_EQ(parsed.kernels.size(), 1U);
  EXPECT_EQ(parsed.kernels[0].arguments[0].offset, 16U);
  EXPECT_TRUE(parsed.kernels[0].arguments[0].pointer);
  EXPECT_EQ(parsed.payload_bytes(), 100U);
  EXPECT_EQ(parsed.payload()[99], std::byte{7});
  EXPECT_EQ(parsed.payload_digest, sim::sha256(parsed.payload(), 100));
}

TEST(DeviceImageTest, DigestsAreThoseOfSha256) {
  EXPECT_EQ(sim::sha256("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sim::sha256(nullptr, 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(DeviceImageTest, EveryTruncationIsRefused) {
  const auto bytes = image();
  for (std::size_t count = 0; count < bytes.size(); count++) {
    EXPECT_NE(refusal({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)}), "") << count;
  }
}

TEST(DeviceImageTest, AByteTooManyIsRefused) {
  auto bytes = image();
  bytes.push_back(std::byte{0});
  EXPECT_NE(refusal(bytes).find("payload of 101 bytes, expected 100"), std::string::npos) << refusal(bytes);
}

TEST(DeviceImageTest, AHeaderLongerThanTheImageIsRefused) {
  auto bytes = image();
  for (std::size_t i = 12; i < 16; i++) bytes[i] = std::byte{0xff};
  EXPECT_NE(refusal(bytes).find("header of 4294967295 bytes in an image of"), std::string::npos) << refusal(bytes);
}

TEST(DeviceImageTest, NumbersThatMakeNoSenseAreRefused) {
  const auto says = [](const std::string &from, const std::string &to) { return refusal(image(with(from, to))); };
  EXPECT_NE(says("300.5", "0").find("clockMHz is 0"), std::string::npos);
  EXPECT_NE(says("300.5", "-1"), "");
  EXPECT_NE(says("300.5", "1e300"), "");
  EXPECT_NE(says("300.5", "\"fast\""), "");
  EXPECT_NE(says("1e9", "-1"), "");
  EXPECT_NE(says("{\"bytesPerSecond\":1e9}", "7"), "");
  EXPECT_NE(says("16", "-16").find("offset is -16"), std::string::npos);
  EXPECT_NE(says("16", "16.5"), "");
  EXPECT_NE(says("16", "1e30"), "");
  EXPECT_NE(says("16", "18"), "") << "not a register";
  EXPECT_NE(says("16", "4096"), "");
  EXPECT_NE(says(":64", ":48"), "");
  EXPECT_NE(says(":64", ":32"), "") << "a pointer of 32 bits";
  EXPECT_NE(says("\"kernels\":[", "\"kernels\":[],\"x\":["), "");
}

// One parser under garbage: it refuses or takes, within its bounds.
TEST(DeviceImageTest, GarbledHeadersAreRefusedOrTaken) {
  const auto bytes = image();
  const std::size_t header = bytes.size() - 100;
  Random random(7);
  std::size_t refused = 0;
  for (int i = 0; i < 20000; i++) {
    auto garbled = bytes;
    for (std::uint64_t times = random.between(1, 6); times > 0; times--) {
      garbled[random.below(header)] = random.chance(0.5)
                                          ? static_cast<std::byte>("0123456789-.eE\"{}[],:\\u"[random.below(23)])
                                          : static_cast<std::byte>(random.bits());
    }
    if (random.chance(0.1)) garbled.resize(random.below(garbled.size() + 1));
    refused += refusal(garbled).empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 15000U);
  EXPECT_LT(refused, 20000U) << "names may change";
}

// Whatever is made of its values, it must not take a stack as deep as the text.
TEST(DeviceImageTest, DeepTextIsRefused) {
  const std::string deep = std::string(50000, '[') + std::string(50000, ']');
  for (const std::string &text : {with("16", deep), with("\"c\"", deep), deep}) {
    std::vector<std::byte> bytes;
    for (const char c : std::string("CSLPIMG1\1\0\0\0", 12)) bytes.push_back(static_cast<std::byte>(c));
    for (unsigned i = 0; i < 4; i++) bytes.push_back(static_cast<std::byte>(text.size() >> (8 * i)));
    for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
    EXPECT_EQ(refusal(bytes), "image header nests deeper than 16");
  }
}

}  // namespace cipherstream::test
