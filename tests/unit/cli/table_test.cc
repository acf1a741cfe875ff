#include "cli/table.h"

#include <gtest/gtest.h>

namespace dray::cli {
namespace {

Table example() {
  Table table({{"JOB"}, {"NAME", false, true}, {"N", true}});
  table.add({{"4c7599ae"}, {"a rather long name of a job"}, {"7"}});
  table.add({{"9a"}, {"short"}, {"12345"}});
  return table;
}

TEST(Table, WritesEverythingInFullWhenThereIsNoTerminal) {
  EXPECT_EQ(example().text(0, false),
            "JOB       NAME                             N\n"
            "4c7599ae  a rather long name of a job      7\n"
            "9a        short                        12345\n");
}

TEST(Table, ShrinksOnlyWhatMayShrink) {
  EXPECT_EQ(example().text(28, false),
            "JOB       NAME             N\n"
            "4c7599ae  a rather l…      7\n"
            "9a        short        12345\n");
  EXPECT_NE(example().text(5, false).find("4c7599ae"), std::string::npos);
}

TEST(Table, NoLineEndsInSpaces) {
  Table table({{"A"}, {"B"}});
  table.add({{"x"}, {""}});
  EXPECT_EQ(table.text(0, false), "A  B\nx\n");
}

TEST(Table, CountsColumnsAndNotBytes) {
  Table table({{"A"}, {"B"}});
  table.add({{"日本"}, {"x"}});
  table.add({{"é"}, {"y"}});
  EXPECT_EQ(table.text(0, false), "A     B\n日本  x\né     y\n");
}

TEST(Table, LetsNobodySteerTheTerminal) {
  Table table({{"A"}});
  table.add({{"x\x1b[31m\ny\xff"}});
  EXPECT_EQ(table.text(0, false), "A\nx?[31m y?\n");
}

TEST(Table, PaintsWithoutMovingColumns) {
  Table table({{"A"}, {"B"}});
  table.add({{"x", Paint::Good}, {"y"}});
  EXPECT_EQ(table.text(0, true), "\x1b[1mA\x1b[0m  \x1b[1mB\x1b[0m\n\x1b[32mx\x1b[0m  y\n");
}

}  // namespace
}  // namespace dray::cli
