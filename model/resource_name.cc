#include "model/resource_name.h"

namespace dray {

void change_tags(Tags& tags, const TagChange& change) {
  for (const auto& [key, value] : change.added) {
    tags[key] = value;
  }
  for (const std::string& key : change.removed) {
    tags.erase(key);
  }
}

}  // namespace dray
