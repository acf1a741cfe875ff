#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/scenario/story.h"

/// Each .txt file here is a test. Run this program with --rewrite and the right sides become what
/// really happens: read the difference before you commit it.
namespace dray {
namespace {

bool rewrites = false;

std::vector<std::string> files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(DRAY_SCENARIOS)) {
    if (entry.path().extension() == ".txt" && entry.path().stem() != "CMakeLists") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, HappensAsItIsTold) {
  const std::string path = std::string(DRAY_SCENARIOS) + "/" + GetParam() + ".txt";
  std::ifstream in(path);
  const std::string told{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string happened = Story().play(told);
  if (rewrites) {
    std::ofstream(path) << happened;
  } else {
    EXPECT_EQ(told, happened);
  }
  EXPECT_EQ(happened.find("BROKEN"), std::string::npos);
}

std::string name_of_test(const testing::TestParamInfo<std::string>& file) {
  return file.param;
}

INSTANTIATE_TEST_SUITE_P(All, Scenario, testing::ValuesIn(files()), name_of_test);

}  // namespace
}  // namespace dray

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  dray::rewrites = argc > 1 && std::string(argv[1]) == "--rewrite";
  return RUN_ALL_TESTS();
}
