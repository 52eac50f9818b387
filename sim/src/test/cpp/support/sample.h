// A small program with a known result, and how to run it without a platform.
#pragma once

#include "rig.h"
#include "scene.h"

namespace cipherstream::test {

// d = ntt(a), e = a * a word by word, f = e + a, zeros of a: limbs of the core's smallest degree, one modulus. Data: a,
// d, e, f in this order; segment 0 is a, read only, segment 1 the rest. One job.
Scene sample_scene(const Parameters &core);

// Line in the stream of the sample's operations: LOAD a, XFM d, LOAD a again beside it, DOT e with its term, MAP f, MAP
// that counts, STORE of d, e, f, END.
enum SampleLine : std::uint64_t {
  kLoad,
  kXfm,
  kLoadAgain,
  kDot,
  kTerm,
  kMap,
  kCount,
  kStoreD,
  kStoreE,
  kStoreF,
  kEnd,
  kSampleLines
};

// The data after it, by the formulas: the transform as N sums of N products.
std::vector<std::uint64_t> sample_words(const Scene &scene);

// Copies a scene into a rig's memory and runs it.
card_report run(Rig &rig, const Scene &scene, const sim::DeviceImage &image);

// The data in a rig's memory.
std::vector<std::uint64_t> data_words(const Rig &rig, const Scene &scene);

}  // namespace cipherstream::test
