// Random limb programs, whole and damaged, on two cards: fuzz-cards --image <A.csimg> --image <B.csimg>
//
//   --seed <n>           1 if it is not given; printed, and with every failure the options that repeat it
//   --programs <n>       500
//   --seconds <n>        stops early; 0: no limit
//   --expect-difference  succeeds if the cards differ: proof that the fuzzer notices (CIPHERSTREAM_SIM_FAULT=flip@…)
//
// Faults of CIPHERSTREAM_SIM_FAULT are those of the last image's card, counted anew every kBatch programs.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>

#include "comparison.h"
#include "damage.h"
#include "generator.h"
#include "ocl/settings.h"
#include "support/rig.h"

namespace {

using namespace cipherstream::test;
using cipherstream::sim::DeviceImage;

// Programs on one pair of units; each batch has a seed of its own, so that it can be repeated alone.
constexpr std::uint64_t kBatch = 8;
constexpr std::uint64_t kMemoryBytes = std::uint64_t{4} << 20U;
constexpr std::uint64_t kHangCycles = 4000000;

struct Options {
  std::vector<std::string> images;
  std::uint64_t seed = 1;
  std::uint64_t programs = 500;
  std::uint64_t seconds = 0;
  bool expect_difference = false;
};

struct Totals {
  std::uint64_t programs = 0;
  std::uint64_t transforms = 0;
  std::uint64_t word_wise = 0;
  std::uint64_t transformed_words = 0;
  std::uint64_t word_wise_words = 0;
  std::uint64_t self_changing = 0;
  std::uint64_t memory_errors = 0;
  std::uint64_t open_lines = 0;
  std::uint64_t lines = 0;
  std::uint64_t cycles = 0;
  std::map<std::uint32_t, std::uint64_t> statuses;
};

Scene random_scene(Random &random, const Generator &generator) {
  const bool whole = random.chance(0.45);
  Scene scene = generator.scene(random, !whole && random.chance(0.5));
  if (whole) return scene;
  if (random.chance(0.4)) damage_descriptors(random, scene);
  if (random.chance(0.12)) damage_segments(random, scene);
  if (random.chance(0.12)) damage_moduli(random, scene);
  if (random.chance(0.2)) damage_owners(random, scene);
  if (random.chance(0.2)) damage_arguments(random, scene);
  return scene;
}

card_options random_options(Random &random) {
  card_options options{};
  options.latency_cycles = static_cast<std::uint32_t>(random.between(1, random.chance(0.5) ? 20 : 300));
  options.bandwidth_bytes = random.chance(0.5) ? 0 : static_cast<std::uint32_t>(random.between(16, 512));
  options.stall_probability = random.chance(0.4) ? 0 : static_cast<double>(random.below(60)) / 100;
  options.stall_seed = random.bits();
  options.hang_cycles = kHangCycles;
  return options;
}

class Fuzz {
 public:
  explicit Fuzz(const Options &options)
      : options_(options),
        first_(read_image(options.images.at(0))),
        second_(read_image(options.images.at(1))),
        core_image_(first_->model == "golden" ? second_ : first_),
        core_(parameters_of(*core_image_)),
        a_(first_, header(*first_), kMemoryBytes),
        b_(second_, header(*second_), kMemoryBytes),
        faults_(cipherstream::sim::settings_from_environment().faults) {
    for (std::size_t i = 0; i < kMemoryBytes; i++) blank_.push_back(static_cast<std::uint8_t>(i * 29 + i / 64));
    for (unsigned bits = core_.degree_bits_min; bits <= std::min(core_.degree_bits_max, core_.degree_bits_min + 1);
         bits++) {
      generators_.emplace_back(core_, bits);
    }
  }

  // The first difference with what repeats it, "" if there is none.
  std::string run() {
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t batch = 0; totals.programs < options_.programs; batch++) {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
      if (options_.seconds != 0 && passed.count() > static_cast<double>(options_.seconds)) break;
      Random random(options_.seed + batch);
      power_up(random);
      for (std::uint64_t i = 0; i < kBatch && totals.programs < options_.programs; i++) {
        const std::string found = program(random);
        totals.programs++;
        if (!found.empty()) {
          return found + "; repeat with --seed " + std::to_string(options_.seed + batch) + " --programs " +
                 std::to_string(i + 1);
        }
      }
    }
    return "";
  }

  Totals totals;

 private:
  // The golden model takes on the core of the other card.
  std::string header(const DeviceImage &image) const {
    return image.model == "golden" ? core_image_->json : image.json;
  }

  void power_up(Random &random) {
    a_.power_up(random_options(random));
    card_options options = random_options(random);
    options.faults = faults_.data();
    options.fault_count = faults_.size();
    b_.power_up(options);
  }

  std::string program(Random &random) {
    const Scene scene = random_scene(random, generators_[random.below(generators_.size())]);
    const Expectation expected = expectation(scene);
    std::vector<std::uint8_t> before = blank_;
    if (scene.bytes.size() > before.size()) throw std::runtime_error("the cards' memory is too small for the programs");
    std::copy(scene.bytes.begin(), scene.bytes.end(), before.begin());
    for (Rig *rig : {&a_, &b_}) {
      rig->bytes.assign(before.begin(), before.end());
      std::fill(rig->owners.begin(), rig->owners.end(), std::uint8_t{0});
      std::copy(scene.owners.begin(), scene.owners.end(), rig->owners.begin());
    }
    const card_report a = a_.run(scene.registers(*first_), kOwner);
    const card_report b = b_.run(scene.registers(*second_), kOwner);
    count(scene, expected, b);
    return difference(scene, expected, before, {a_.name(), a_.bytes, a}, {b_.name(), b_.bytes, b});
  }

  void count(const Scene &scene, const Expectation &expected, const card_report &report) {
    totals.transforms += expected.transforms;
    totals.word_wise += expected.word_wise;
    totals.transformed_words += expected.transforms << scene.arguments.degree_bits % 32;
    totals.word_wise_words += expected.word_wise << scene.arguments.degree_bits % 32;
    totals.self_changing += expected.self_changing ? 1 : 0;
    totals.memory_errors += expected.memory_error || expected.result_lost ? 1 : 0;
    totals.open_lines += static_cast<std::uint64_t>(std::count(expected.open.begin(), expected.open.end(), true));
    totals.lines += expected.open.size();
    totals.cycles += report.cycles;
    totals.statuses[report.status]++;
  }

  const Options options_;
  const std::shared_ptr<const DeviceImage> first_;
  const std::shared_ptr<const DeviceImage> second_;
  const std::shared_ptr<const DeviceImage> core_image_;
  const Parameters core_;
  Rig a_;
  Rig b_;
  const std::vector<card_fault> faults_;
  std::vector<Generator> generators_;
  std::vector<std::uint8_t> blank_;
};

Options parse(int count, char **arguments) {
  Options options;
  for (int i = 1; i < count; i++) {
    const std::string name = arguments[i];
    if (name == "--expect-difference") {
      options.expect_difference = true;
      continue;
    }
    if (++i == count) throw std::invalid_argument("no value behind " + name);
    if (name == "--image") {
      options.images.emplace_back(arguments[i]);
    } else if (name == "--seed") {
      options.seed = std::stoull(arguments[i]);
    } else if (name == "--programs") {
      options.programs = std::stoull(arguments[i]);
    } else if (name == "--seconds") {
      options.seconds = std::stoull(arguments[i]);
    } else {
      throw std::invalid_argument("unknown option " + name);
    }
  }
  if (options.images.size() != 2) throw std::invalid_argument("expected --image twice");
  return options;
}

void print(const Options &options, const Totals &t, double seconds) {
  std::printf(
      "%llu programs in %.1f s, seed %llu: %llu transforms (%llu words), %llu word-wise instructions (%llu words), "
      "%llu simulated cycles\n",
      static_cast<unsigned long long>(t.programs), seconds, static_cast<unsigned long long>(options.seed),
      static_cast<unsigned long long>(t.transforms), static_cast<unsigned long long>(t.transformed_words),
      static_cast<unsigned long long>(t.word_wise), static_cast<unsigned long long>(t.word_wise_words),
      static_cast<unsigned long long>(t.cycles));
  std::printf("%llu with memory errors, %llu that change themselves; %llu of %llu lines open; statuses:",
              static_cast<unsigned long long>(t.memory_errors), static_cast<unsigned long long>(t.self_changing),
              static_cast<unsigned long long>(t.open_lines), static_cast<unsigned long long>(t.lines));
  for (const auto &[status, times] : t.statuses)
    std::printf(" %u: %llu", status, static_cast<unsigned long long>(times));
  std::printf("\n");
}

}  // namespace

int main(int count, char **arguments) {
  try {
    const Options options = parse(count, arguments);
    std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
    Fuzz fuzz(options);
    const auto start = std::chrono::steady_clock::now();
    const std::string found = fuzz.run();
    print(options, fuzz.totals, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (!found.empty()) std::printf("the cards differ: %s\n", found.c_str());
    if (options.expect_difference && found.empty()) std::printf("no difference was found, one was expected\n");
    return found.empty() == options.expect_difference ? 1 : 0;
  } catch (const std::exception &e) {
    std::fprintf(stderr, "fuzz-cards: %s\n", e.what());
    return 2;
  }
}
