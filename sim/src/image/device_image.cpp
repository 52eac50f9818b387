#include "device_image.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "sha256.h"

namespace cipherstream::sim {

namespace {

using nlohmann::json;

constexpr char kMagic[] = "CSLPIMG1";
constexpr std::size_t kMagicBytes = 8;
constexpr std::size_t kHeaderBytes = 16;
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kJsonBytesMax = 1U << 20U;
constexpr int kDepthMax = 16;
constexpr double kClockMhzMin = 0.001;
constexpr double kClockMhzMax = 10000;
constexpr double kBytesPerSecondMax = 1e15;

std::uint32_t word_at(const std::byte *bytes) {
  std::uint32_t word = 0;
  for (int i = 0; i < 4; i++) word |= static_cast<std::uint32_t>(bytes[i]) << (8U * i);
  return word;
}

void put_word(std::vector<std::byte> &bytes, std::uint32_t word) {
  for (int i = 0; i < 4; i++) bytes.push_back(static_cast<std::byte>(word >> (8U * i)));
}

// Text that nests deeper would need as deep a stack wherever it is printed or copied.
json parse_text(const std::string &text) {
  return json::parse(text, [](int depth, json::parse_event_t, json &) {
    if (depth > kDepthMax) throw ImageError("image header nests deeper than " + std::to_string(kDepthMax));
    return true;
  });
}

// Conversions of numbers that do not fit are undefined: a header may say anything.
std::uint32_t small_number(const json &from, const char *name) {
  const json &value = from.at(name);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 65535) {
    throw ImageError(std::string("image header: ") + name + " is " + value.dump() + ", expected a number up to 65535");
  }
  return value.get<std::uint32_t>();
}

double real_number(const json &from, const char *name, double min, double max) {
  const double value = from.at(name).get<double>();
  if (!(value >= min) || !(value <= max)) {
    throw ImageError(std::string("image header: ") + name + " is " + from.at(name).dump() + ", expected " +
                     std::to_string(min) + " to " + std::to_string(max));
  }
  return value;
}

KernelArgument argument(const json &text) {
  KernelArgument result{text.at("name").get<std::string>(), small_number(text, "offset"), small_number(text, "bits"),
                        text.at("pointer").get<bool>()};
  if ((result.bits != 32 && result.bits != 64) || (result.pointer && result.bits != 64) || result.offset % 4 != 0 ||
      result.offset > 4088) {
    throw ImageError("argument " + result.name + " has no place in a register map of 4 KiB");
  }
  return result;
}

void read_header(DeviceImage &image) {
  const json text = parse_text(image.json);
  image.configuration = text.at("configuration").get<std::string>();
  image.model = text.at("model").get<std::string>();
  image.clock_mhz = real_number(text, "clockMHz", kClockMhzMin, kClockMhzMax);
  if (text.contains("memory")) {
    image.memory_bytes_per_second = real_number(text["memory"], "bytesPerSecond", 0, kBytesPerSecondMax);
  }
  for (const json &kernel : text.at("kernels")) {
    KernelSignature signature{kernel.at("name").get<std::string>(), {}};
    for (const json &a : kernel.at("arguments")) signature.arguments.push_back(argument(a));
    image.kernels.push_back(std::move(signature));
  }
  const auto bytes = text.at("payload").at("bytes").get<std::uint64_t>();
  if (bytes != image.payload_bytes()) {
    throw ImageError("image " + image.configuration + " is truncated or has bytes too many: payload of " +
                     std::to_string(image.payload_bytes()) + " bytes, expected " + std::to_string(bytes));
  }
  image.payload_digest = text.at("payload").at("sha256").get<std::string>();
  const std::string digest = sha256(image.payload(), image.payload_bytes());
  if (digest != image.payload_digest) {
    throw ImageError("image " + image.configuration + " is damaged: payload with SHA-256 " + digest + ", expected " +
                     image.payload_digest + "; build it again");
  }
  if (image.kernels.empty()) throw ImageError("image " + image.configuration + " names no kernel");
}

}  // namespace

DeviceImage parse_image(const void *bytes, std::size_t count) {
  const auto *first = static_cast<const std::byte *>(bytes);
  if (count < kHeaderBytes || std::memcmp(first, kMagic, kMagicBytes) != 0) {
    throw ImageError("not a device image of this platform: expected magic CSLPIMG1 and a header, came " +
                     std::to_string(count) + " bytes that begin otherwise");
  }
  const std::uint32_t version = word_at(first + kMagicBytes);
  if (version != kVersion) {
    throw ImageError("image header version " + std::to_string(version) + ", expected 1; build the image again");
  }
  const std::size_t json_bytes = word_at(first + kMagicBytes + 4);
  if (json_bytes > kJsonBytesMax || json_bytes > count - kHeaderBytes) {
    throw ImageError("image is truncated: header of " + std::to_string(json_bytes) + " bytes in an image of " +
                     std::to_string(count));
  }
  DeviceImage image;
  image.bytes.assign(first, first + count);
  image.json.assign(reinterpret_cast<const char *>(first) + kHeaderBytes, json_bytes);
  image.payload_offset = kHeaderBytes + json_bytes;
  image.digest = sha256(bytes, count);
  try {
    read_header(image);
  } catch (const json::exception &e) {
    throw ImageError(std::string("image header is not what was expected: ") + e.what());
  }
  return image;
}

std::vector<std::byte> make_image(const std::string &header, const std::vector<std::byte> &payload) {
  json text = json::parse(header);
  text["payload"] = {{"bytes", payload.size()}, {"sha256", sha256(payload.data(), payload.size())}};
  const std::string packed = text.dump();
  std::vector<std::byte> image;
  for (std::size_t i = 0; i < kMagicBytes; i++) image.push_back(static_cast<std::byte>(kMagic[i]));
  put_word(image, kVersion);
  put_word(image, static_cast<std::uint32_t>(packed.size()));
  for (const char c : packed) image.push_back(static_cast<std::byte>(c));
  image.insert(image.end(), payload.begin(), payload.end());
  return image;
}

}  // namespace cipherstream::sim
