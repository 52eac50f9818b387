// Random core programs, whole and damaged, on the golden model and a card: fuzz-cards --golden <A.csimg> --image
// <B.csimg>
//
//   --seed <n>           1 if it is not given; printed, and with every failure the options that repeat it
//   --programs <n>       500
//   --seconds <n>        stops early; 0: no limit
//   --expect-difference  succeeds if they differ: proof that the fuzzer notices (CIPHERSTREAM_SIM_FAULT=flip@…)
//
// Faults of CIPHERSTREAM_SIM_FAULT are the card's, counted anew every kBatch programs.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>

#include "comparison.h"
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
  std::string golden;
  std::string image;
  std::uint64_t seed = 1;
  std::uint64_t programs = 500;
  std::uint64_t seconds = 0;
  bool expect_difference = false;
};

struct Totals {
  std::uint64_t programs = 0;
  std::uint64_t jobs = 0;
  std::uint64_t damaged = 0;
  std::uint64_t cycles = 0;
  std::map<std::uint32_t, std::uint64_t> statuses;
};

Damage random_damage(Random &random, Scene &scene) {
  Damage damage;
  if (random.chance(0.45)) return damage;
  if (random.chance(0.5)) damage_streams(random, scene, damage);
  if (random.chance(0.12)) damage_jobs(random, scene, damage);
  if (random.chance(0.12)) damage_segments(random, scene, damage);
  if (random.chance(0.12)) damage_moduli(random, scene, damage);
  if (random.chance(0.2)) damage_owners(random, scene, damage);
  if (random.chance(0.12)) damage_arguments(random, scene, damage);
  return damage;
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
        golden_image_(read_image(options.golden)),
        image_(read_image(options.image)),
        core_(parameters_of(*image_)),
        // The golden model takes on the core of the card.
        golden_(golden_image_, image_->json, kMemoryBytes),
        card_(image_, image_->json, kMemoryBytes),
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
  void power_up(Random &random) {
    golden_.power_up(random_options(random));
    card_options options = random_options(random);
    options.faults = faults_.data();
    options.fault_count = faults_.size();
    card_.power_up(options);
  }

  std::string program(Random &random) {
    Scene scene = generators_[random.below(generators_.size())].scene(random);
    const Damage damage = random_damage(random, scene);
    std::vector<std::uint8_t> before = blank_;
    if (scene.bytes.size() > before.size()) throw std::runtime_error("the cards' memory is too small for the programs");
    std::copy(scene.bytes.begin(), scene.bytes.end(), before.begin());
    const auto prepare = [&](Rig &rig) {
      rig.bytes.assign(before.begin(), before.end());
      std::fill(rig.owners.begin(), rig.owners.end(), std::uint8_t{0});
      std::copy(scene.owners.begin(), scene.owners.end(), rig.owners.begin());
    };
    // What would be refused if all memory answered.
    prepare(golden_);
    std::fill(golden_.owners.begin(), golden_.owners.end(), kOwner);
    const card_report answered = golden_.run(scene.registers(*golden_image_), kOwner);
    prepare(golden_);
    prepare(card_);
    const card_report golden = golden_.run(scene.registers(*golden_image_), kOwner);
    const card_report card = card_.run(scene.registers(*image_), kOwner);
    totals.jobs += scene.jobs.size();
    totals.damaged += damage.any || damage.foreign ? 1 : 0;
    totals.cycles += card.cycles;
    totals.statuses[card.status]++;
    return difference(scene, damage, answered, before, {golden_.name(), golden_.bytes, golden},
                      {card_.name(), card_.bytes, card});
  }

  const Options options_;
  const std::shared_ptr<const DeviceImage> golden_image_;
  const std::shared_ptr<const DeviceImage> image_;
  const Parameters core_;
  Rig golden_;
  Rig card_;
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
    if (name == "--golden") {
      options.golden = arguments[i];
    } else if (name == "--image") {
      options.image = arguments[i];
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
  if (options.golden.empty() || options.image.empty()) throw std::invalid_argument("expected --golden and --image");
  return options;
}

void print(const Options &options, const Totals &t, double seconds) {
  std::printf("%llu programs of %llu jobs in %.1f s, seed %llu, %llu damaged; %llu simulated cycles; statuses:",
              static_cast<unsigned long long>(t.programs), static_cast<unsigned long long>(t.jobs), seconds,
              static_cast<unsigned long long>(options.seed), static_cast<unsigned long long>(t.damaged),
              static_cast<unsigned long long>(t.cycles));
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
    if (!found.empty()) std::printf("they differ: %s\n", found.c_str());
    if (options.expect_difference && found.empty()) std::printf("no difference was found, one was expected\n");
    return found.empty() == options.expect_difference ? 1 : 0;
  } catch (const std::exception &e) {
    std::fprintf(stderr, "fuzz-cards: %s\n", e.what());
    return 2;
  }
}
