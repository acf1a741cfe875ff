#include "examples/package-features/package.h"

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace package_features {
namespace {

using Names = std::vector<std::string>;

Fields good() {
  return {{"package", "Hello"}, {"version", "2.10-3"},         {"architecture", "amd64"},
          {"section", "devel"}, {"priority", "optional"},      {"installed-size", "280"},
          {"size", "52184"},    {"depends", "libc6 (>= 2.34)"}};
}

Package kept(const Fields& fields) {
  return std::get<Package>(clean(fields));
}

TEST(Package, IsNormalised) {
  const Package package = kept(good());
  EXPECT_EQ(package.name, "hello");
  EXPECT_EQ(package.source, "hello");
  EXPECT_EQ(package.installed_kib, 280U);
  EXPECT_EQ(package.download_bytes, 52184U);
  EXPECT_EQ(package.dependencies, Names{"libc6"});
  EXPECT_FALSE(package.was_repaired);
}

TEST(Package, LosesTheAreaOfItsSection) {
  Fields fields = good();
  fields["section"] = "contrib/games";
  EXPECT_EQ(kept(fields).section, "games");
}

TEST(Package, NamesItsSourceWithoutTheVersion) {
  Fields fields = good();
  fields["source"] = "gcc-defaults (1.203)";
  EXPECT_EQ(kept(fields).source, "gcc-defaults");
}

TEST(Package, IsRepairedWhenASizeIsNoNumber) {
  for (const std::string size : {"", "many", "12kB", "-1"}) {
    Fields fields = good();
    fields["size"] = size;
    EXPECT_EQ(kept(fields).download_bytes, 0U) << size;
    EXPECT_TRUE(kept(fields).was_repaired) << size;
  }
}

TEST(Package, IsRepairedWhenItHasNoSection) {
  Fields fields = good();
  fields.erase("section");
  EXPECT_EQ(kept(fields).section, "unknown");
  EXPECT_TRUE(kept(fields).was_repaired);
}

TEST(Package, HoldsNoTabs) {
  Fields fields = good();
  fields["version"] = "1\t2";
  EXPECT_EQ(kept(fields).version, "1 2");
}

TEST(Record, IsMalformedWithoutNameOrVersion) {
  Fields nameless = good();
  nameless.erase("package");
  EXPECT_EQ(std::get<Malformed>(clean(nameless)).reason, "no name");
  Fields strange = good();
  strange["package"] = "two words";
  EXPECT_EQ(std::get<Malformed>(clean(strange)).reason, "not a package name");
  Fields versionless = good();
  versionless["version"] = "";
  EXPECT_EQ(std::get<Malformed>(clean(versionless)).reason, "no version");
}

TEST(Dependencies, AreNamesSortedAndOnce) {
  EXPECT_EQ(dependency_names("b (>= 1:2.0-1~) | a, libc6:any [amd64], b"),
            (Names{"a", "b", "libc6"}));
  EXPECT_TRUE(dependency_names("").empty());
  EXPECT_TRUE(dependency_names(" , | ,").empty());
}

}  // namespace
}  // namespace package_features
