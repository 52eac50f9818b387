// The platform reads its environment once: it is set before the first test, unless CTest has set it.
#include <gtest/gtest.h>

#include <cstdlib>

int main(int count, char **arguments) {
  setenv("CIPHERSTREAM_SIM_CARDS", "2", 0);
  setenv("CIPHERSTREAM_SIM_UNITS", "2", 0);
  setenv("CIPHERSTREAM_SIM_MEMORY", "67108864", 0);
  setenv("CIPHERSTREAM_SIM_CLOCK_MHZ", "250", 0);
  testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
