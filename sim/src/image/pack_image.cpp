// Writes a device image and its manifest.
//
//   pack-image --library <model.so> --description <json> --out <folder> [--name <name>]
//
// The description is an elaboration's (or the golden model's configuration): name, board, clockMHz,
// parameters or core, cluster if it has them, montgomeryBits, registers, rtlDigest; model is verilator unless it says
// otherwise.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "device_image.h"
#include "sha256.h"

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::byte> read(const std::string &file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto *first = reinterpret_cast<const std::byte *>(text.data());
  return {first, first + text.size()};
}

void write(const std::filesystem::path &file, const void *bytes, std::size_t count) {
  const std::filesystem::path fresh = file.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::binary);
    out.write(static_cast<const char *>(bytes), static_cast<std::streamsize>(count));
    if (!out.flush()) throw std::runtime_error("cannot write " + fresh.string());
  }
  std::filesystem::rename(fresh, file);
}

// The kernel's arguments among its registers.
Json arguments(const Json &registers) {
  Json list = Json::array();
  for (const Json &r : registers) {
    if (r.value("kind", "argument") != "argument") continue;
    list.push_back(
        {{"name", r.at("name")}, {"offset", r.at("offset")}, {"bits", r.at("bits")}, {"pointer", r.at("pointer")}});
  }
  return list;
}

Json header(const Json &description) {
  Json h = {{"configuration", description.at("name")},
            {"board", description.at("board")},
            {"kernels",
             {{{"name", description.value("kernel", "core_program")},
               {"arguments", arguments(description.at("registers"))}}}},
            {"parameters", description.contains("parameters") ? description.at("parameters") : description.at("core")},
            {"montgomeryBits", description.at("montgomeryBits")},
            {"rtlDigest", description.value("rtlDigest", "")},
            {"clockMHz", description.at("clockMHz")},
            {"model", description.value("model", "verilator")}};
  for (const char *optional : {"cluster", "memory"}) {
    if (description.contains(optional)) h[optional] = description[optional];
  }
  return h;
}

Json manifest(const Json &h, const Json &description, const std::string &file, const std::vector<std::byte> &image) {
  const bool golden = h.at("model") == "golden";
  Json m = {
      {"name", h.at("configuration")},
      {"board", h.at("board")},
      {"kernel", description.value("kernel", "core_program")},
      {"model", h.at("model")},
      {"parameters", h.at("parameters")},
      {"montgomeryBits", h.at("montgomeryBits")},
      {"instructionSetVersion", description.value("instructionSetVersion", 1)},
      {"clockMHz", h.at("clockMHz")},
      {"rtlDigest", h.at("rtlDigest")},
      {"image",
       {{"file", file}, {"bytes", image.size()}, {"sha256", cipherstream::sim::sha256(image.data(), image.size())}}},
      {"tools", description.value("tools", Json::object())}};
  if (h.contains("cluster")) m["cluster"] = h.at("cluster");
  m["verified"] = Json::array();
  m["notVerified"] = golden ? Json::array({"no register-transfer code is behind this image; it has no clock"})
                            : Json::array({"the clock is assumed, nothing was placed and routed"});
  return m;
}

void pack(const std::map<std::string, std::string> &options) {
  const auto text = read(options.at("--description"));
  Json description = Json::parse(reinterpret_cast<const char *>(text.data()),
                                 reinterpret_cast<const char *>(text.data()) + text.size());
  if (options.count("--name") > 0) description["name"] = options.at("--name");
  const Json h = header(description);
  const auto image = cipherstream::sim::make_image(h.dump(), read(options.at("--library")));
  cipherstream::sim::parse_image(image.data(), image.size());
  const std::filesystem::path out = options.at("--out");
  std::filesystem::create_directories(out);
  const std::string file = description.at("name").get<std::string>() + ".csimg";
  write(out / file, image.data(), image.size());
  const std::string m = manifest(h, description, file, image).dump(2) + "\n";
  write(out / "manifest.json", m.data(), m.size());
}

}  // namespace

int main(int count, char **arguments) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < count; i += 2) options[arguments[i]] = arguments[i + 1];
  try {
    if (options.count("--library") + options.count("--description") + options.count("--out") != 3) {
      throw std::runtime_error(
          "usage: pack-image --library <model.so> --description <json> --out <folder> [--name <name>]");
    }
    pack(options);
    return 0;
  } catch (const std::exception &e) {
    std::cerr << "pack-image: " << e.what() << '\n';
    return 1;
  }
}
