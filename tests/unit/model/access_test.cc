#include "model/access.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(Roles, HaveNames) {
  for (const Role role : {Role::Viewer, Role::Submitter, Role::Operator, Role::Admin}) {
    EXPECT_EQ(parse_role(name_of(role)), role);
  }
  EXPECT_FALSE(parse_role("root"));
}

TEST(QueuePattern, MatchesAsAShellDoes) {
  for (const auto& [pattern, queue] :
       {std::pair("*", "anything"), std::pair("lab", "lab"), std::pair("lab-*", "lab-7"),
        std::pair("*-gpu", "a-b-gpu"), std::pair("a*b*c", "aXbYbZc"), std::pair("l?b", "lab")}) {
    EXPECT_TRUE(matches_queue(pattern, queue)) << pattern << " " << queue;
  }
  for (const auto& [pattern, queue] :
       {std::pair("", "a"), std::pair("lab", "lab2"), std::pair("lab-*", "lab"),
        std::pair("lab", "LAB"), std::pair("a*b", "abc"), std::pair("?", "")}) {
    EXPECT_FALSE(matches_queue(pattern, queue)) << pattern << " " << queue;
  }
}

}  // namespace
}  // namespace dray
