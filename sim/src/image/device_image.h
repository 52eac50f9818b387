// Device images: what clCreateProgramWithBinary takes. Bytes: "CSLPIMG1", header version 1 and length
// of the JSON text (u32 little endian each), JSON text in UTF-8, payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace cipherstream::sim {

// The image is refused; the text says what came and what was expected.
class ImageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An argument of a kernel and the register that holds it.
struct KernelArgument {
  std::string name;
  std::uint32_t offset;  // of its low word in the register map
  std::uint32_t bits;    // 32 or 64
  bool pointer;          // whether it is a buffer
};

struct KernelSignature {
  std::string name;
  std::vector<KernelArgument> arguments;
};

// A checked image. Immutable.
struct DeviceImage {
  std::string digest;  // SHA-256 of the whole image
  std::string json;
  std::string configuration;
  std::string model;
  std::string payload_digest;
  double clock_mhz = 0;
  double memory_bytes_per_second = 0;  // of the memory that the image was made for; 0: it does not say
  std::vector<KernelSignature> kernels;
  std::vector<std::byte> bytes;
  std::size_t payload_offset = 0;

  const std::byte *payload() const { return bytes.data() + payload_offset; }
  std::size_t payload_bytes() const { return bytes.size() - payload_offset; }
};

// Throws ImageError on a wrong magic, version, length, JSON text or digest.
DeviceImage parse_image(const void *bytes, std::size_t count);

// Image of a JSON header without `payload`, which is added, and a payload.
std::vector<std::byte> make_image(const std::string &json, const std::vector<std::byte> &payload);

}  // namespace cipherstream::sim
