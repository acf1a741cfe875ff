#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "examples/package-features/durable_file.h"
#include "examples/package-features/failure.h"
#include "examples/package-features/steps.h"

namespace package_features {
namespace {

namespace fs = std::filesystem;

/// A run's folder with an index of 40 packages, of which one in ten is broken somehow.
class Pipeline : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "features-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    DurableFile index(folder_ / "index");
    for (int i = 0; i < 40; ++i) {
      const std::string name = "package" + std::to_string(i * 7 % 40);
      index.write("Package: " + name + "\n");
      index.write(i % 10 == 3 ? "Broken: yes\n" : "Version: 1." + std::to_string(i) + "\n");
      index.write("Architecture: all\nSection: games\nPriority: optional\nSize: 10\n");
      index.write("Depends: package1, package2 (>= 3)\n");
      index.write(i % 10 == 5 ? "\n" : "Installed-Size: 77\nDescription: number of things\n\n");
    }
    index.publish();
  }
  void TearDown() override { fs::remove_all(folder_); }

  Layout run(const std::string& name, std::uint32_t shards) {
    const Layout layout{folder_ / name};
    for (const char* part : {"shards", "features", "reduced", "sets"}) {
      fs::create_directories(layout.work / part);
    }
    split(layout, folder_ / "index", shards);
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
      featurise(layout, shard);
    }
    reduce(layout);
    partition(layout, 20);
    return layout;
  }

  fs::path folder_;
};

TEST_F(Pipeline, CountsEveryRecord) {
  const Layout layout = run("one", 3);
  const std::string summary = read_file(layout.reduced("summary.json"));
  EXPECT_NE(summary.find("\"records\": 40, \"kept\": 36, \"repaired\": 4, \"rejected\": 4"),
            std::string::npos)
      << summary;
}

TEST_F(Pipeline, GivesTheSameBytesForAnyNumberOfShards) {
  const Layout one = run("one", 1);
  for (const std::uint32_t shards : {2U, 7U, 64U}) {
    const Layout other = run("shards" + std::to_string(shards), shards);
    for (const char* name :
         {"matrix.tsv", "document_frequency.tsv", "sections.tsv", "rejected.tsv", "summary.json"}) {
      EXPECT_EQ(read_file(one.reduced(name)), read_file(other.reduced(name))) << name;
    }
    EXPECT_EQ(read_file(one.set("train.tsv")), read_file(other.set("train.tsv")));
    EXPECT_EQ(read_file(one.set("validation.tsv")), read_file(other.set("validation.tsv")));
  }
}

TEST_F(Pipeline, MayRunAStepAgain) {
  const Layout layout = run("one", 2);
  const std::string before = read_file(layout.part(1));
  featurise(layout, 1);
  EXPECT_EQ(read_file(layout.part(1)), before);
}

TEST_F(Pipeline, RefusesToReduceWhenAPartIsMissing) {
  const Layout layout = run("one", 3);
  fs::remove(layout.part(1));
  EXPECT_THROW(reduce(layout), Failure);
}

TEST_F(Pipeline, LeavesNothingOfAStepThatFails) {
  {
    DurableFile file(folder_ / "half");
    file.write("half");
  }
  EXPECT_FALSE(fs::exists(folder_ / "half"));
  EXPECT_THROW(DurableFile(folder_ / "no" / "such" / "folder"), Failure);
}

}  // namespace
}  // namespace package_features
