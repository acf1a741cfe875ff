#include "api/wire/shapes/openapi.h"

#include <gtest/gtest.h>

#include "api/wire/shapes/shape.h"

namespace dray::wire {
namespace {

TEST(OpenApi, DescribesEveryOperation) {
  const std::string text = encode_openapi("1.2.3");
  EXPECT_NE(text.find(R"("openapi":"3.1.0")"), std::string::npos);
  EXPECT_NE(text.find(R"("version":"1.2.3")"), std::string::npos);
  for (const OperationShape& one : operation_shapes()) {
    EXPECT_NE(text.find("\"operationId\":\"" + std::string(one.name) + '"'), std::string::npos)
        << one.name;
  }
}

TEST(OpenApi, SaysBoundsChoicesAndPlaces) {
  const std::string text = encode_openapi("1");
  EXPECT_NE(text.find(R"({"enum":["container","multinode"],"type":"string"})"), std::string::npos);
  EXPECT_NE(text.find(R"({"format":"int64","maximum":7200,"minimum":1,"type":"integer"})"),
            std::string::npos);
  EXPECT_NE(text.find(R"({"in":"path","name":"resourceArn","required":true)"), std::string::npos);
  EXPECT_NE(text.find(R"({"$ref":"#/components/schemas/ContainerOverrides"})"), std::string::npos);
}

}  // namespace
}  // namespace dray::wire
