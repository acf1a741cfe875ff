#include "api/wire/shapes/openapi.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include <nlohmann/json.hpp>

#include "api/wire/shapes/shape.h"

namespace dray::wire {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kComponent = "#/components/schemas/";

class OpenApi {
 public:
  Json document(std::string_view version) {
    Json paths = Json::object();
    for (const OperationShape& one : operation_shapes()) {
      std::string method(one.method);
      std::transform(method.begin(), method.end(), method.begin(),
                     [](unsigned char c) { return std::tolower(c); });
      paths[std::string(one.path)][method] = operation(one);
    }
    schemas_["Refusal"] = {
        {"type", "object"},
        {"properties", {{"__type", {{"type", "string"}}}, {"message", {{"type", "string"}}}}}};
    return {{"openapi", "3.1.0"},
            {"info", {{"title", "Dray: AWS Batch"}, {"version", version}}},
            {"paths", std::move(paths)},
            {"components", {{"schemas", std::move(schemas_)}}}};
  }

 private:
  Json operation(const OperationShape& one) {
    Json parameters = Json::array();
    for (const Member& member : one.input->members) {
      if (member.place != Place::Body) {
        parameters.push_back({{"name", member.name},
                              {"in", member.place == Place::Path ? "path" : "query"},
                              {"required", member.is_required},
                              {"schema", schema(*member.shape)}});
      }
    }
    Json described = {
        {"operationId", one.name},
        {"responses",
         {{"200", {{"description", "Done"}, {"content", content(members(*one.output))}}},
          {"default",
           {{"description", "Refused"},
            {"content", content({{"$ref", std::string(kComponent) + "Refusal"}})}}}}}};
    if (!parameters.empty()) {
      described["parameters"] = std::move(parameters);
    }
    if (one.method == "POST") {
      described["requestBody"] = {{"required", true}, {"content", content(members(*one.input))}};
    }
    return described;
  }

  static Json content(Json schema) { return {{"application/json", {{"schema", schema}}}}; }

  Json members(const Shape& structure) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Member& member : structure.members) {
      if (member.place == Place::Body) {
        properties[std::string(member.name)] = schema(*member.shape);
        if (member.is_required) {
          required.push_back(member.name);
        }
      }
    }
    Json described = {{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) {
      described["required"] = std::move(required);
    }
    return described;
  }

  static Json bounded(Json described, const Shape& shape, const char* least, const char* most) {
    if (shape.min != std::numeric_limits<std::int64_t>::min()) {
      described[least] = shape.min;
    }
    if (shape.max != std::numeric_limits<std::int64_t>::max()) {
      described[most] = shape.max;
    }
    return described;
  }

  Json reference(const Shape& structure) {
    const std::string name(structure.name);
    if (!schemas_.contains(name)) {
      schemas_[name] = Json::object();  // Before its members, should one hold it again.
      schemas_[name] = members(structure);
    }
    return {{"$ref", std::string(kComponent) + name}};
  }

  Json schema(const Shape& shape) {
    switch (shape.kind) {
      case Kind::Structure:
        return reference(shape);
      case Kind::List:
        return bounded({{"type", "array"}, {"items", schema(*shape.item)}}, shape, "minItems",
                       "maxItems");
      case Kind::Map:
        return bounded({{"type", "object"},
                        {"propertyNames", schema(*shape.key)},
                        {"additionalProperties", schema(*shape.item)}},
                       shape, "minProperties", "maxProperties");
      case Kind::Text:
      case Kind::Numeral:
        return bounded({{"type", "string"}}, shape, "minLength", "maxLength");
      case Kind::Choice:
        return {{"type", "string"}, {"enum", shape.choices}};
      case Kind::Integer:
        return bounded({{"type", "integer"}, {"format", "int32"}}, shape, "minimum", "maximum");
      case Kind::Long:
        return bounded({{"type", "integer"}, {"format", "int64"}}, shape, "minimum", "maximum");
      case Kind::Float:
      case Kind::Double:
        return {{"type", "number"}};
      case Kind::Flag:
        return {{"type", "boolean"}};
    }
    return {};
  }

  Json schemas_ = Json::object();
};

}  // namespace

std::string encode_openapi(std::string_view version) {
  return OpenApi().document(version).dump();
}

}  // namespace dray::wire
