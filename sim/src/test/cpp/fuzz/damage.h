// What is wrong with a job list in memory, at random.
#pragma once

#include "support/random.h"
#include "support/scene.h"

namespace cipherstream::test {

// What damage leaves of a scene's meaning.
struct Damage {
  bool any = false;      // words may be anything where the program may write
  bool foreign = false;  // something may be asked for that memory does not answer
};

void damage_streams(Random &random, Scene &scene, Damage &damage);
void damage_jobs(Random &random, Scene &scene, Damage &damage);
void damage_segments(Random &random, Scene &scene, Damage &damage);
void damage_moduli(Random &random, Scene &scene, Damage &damage);
void damage_arguments(Random &random, Scene &scene, Damage &damage);
// Some of the owner's lines become a stranger's.
void damage_owners(Random &random, Scene &scene, Damage &damage);

}  // namespace cipherstream::test
