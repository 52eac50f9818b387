#pragma once

#include <cstddef>
#include <string>

namespace cipherstream::sim {

// Hex SHA-256 of bytes.
std::string sha256(const void *bytes, std::size_t count);

}  // namespace cipherstream::sim
