// CTest runs these in a process whose first unit has CIPHERSTREAM_SIM_FAULT.
#include <fstream>

#include "launch.h"
#include "support/rig.h"
#include "support/sample.h"

namespace cipherstream::test {

class FaultyCardTest : public CardTest {
 protected:
  void SetUp() override {
    if (std::getenv("CIPHERSTREAM_SIM_FAULT") == nullptr) GTEST_SKIP() << "no CIPHERSTREAM_SIM_FAULT";
  }
};

// A memory that hangs fails the program, and the card is usable when the program has been loaded again.
TEST_F(FaultyCardTest, AHungUnitFailsItsEventAndComesBackWithTheProgram) {
  const Scene scene = sample_scene(parameters_of(*read_image(TEST_IMAGES "/" TEST_MODEL "/" TEST_MODEL ".csimg")));
  const auto expected = sample_words(scene);
  for (int round = 0; round < 2; round++) {
    Object<cl_program> program;
    ASSERT_EQ(load(image_bytes(TEST_MODEL), program), CL_SUCCESS);
    const Object<cl_kernel> kernel(cl().clCreateKernel(program, "core_program", nullptr));
    Launch launch(context, queue, kernel, scene);
    if (round == 0) {
      EXPECT_EQ(launch.run(), CL_OUT_OF_RESOURCES);
      EXPECT_NE(notified.find("the core's watchdog stopped the program"), std::string::npos) << notified;
      EXPECT_EQ(launch.run(), CL_OUT_OF_RESOURCES) << "the unit still hangs";
      EXPECT_NE(notified.find("load the program again to reset it"), std::string::npos) << notified;
    } else {
      EXPECT_EQ(launch.run(), CL_COMPLETE) << notified;
      EXPECT_TRUE(launch.data() == expected);
    }
  }
  // A line a run: the third could not begin.
  std::ifstream statistics(std::getenv("CIPHERSTREAM_SIM_STATS"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(statistics, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find("\"outcome\":\"hung\""), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("\"status\":10"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("\"outcome\":\"done\""), std::string::npos) << lines[1];
}

}  // namespace cipherstream::test
