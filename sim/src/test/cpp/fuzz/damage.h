// What is wrong with a program in memory, at random.
#pragma once

#include "support/random.h"
#include "support/scene.h"

namespace cipherstream::test {

void damage_descriptors(Random &random, Scene &scene);
void damage_segments(Random &random, Scene &scene);
void damage_moduli(Random &random, Scene &scene);
void damage_arguments(Random &random, Scene &scene);
// Some of the owner's lines become a stranger's.
void damage_owners(Random &random, Scene &scene);

}  // namespace cipherstream::test
