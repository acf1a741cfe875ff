#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/json_reader.h"
#include "model/error.h"
#include "model/queries.h"

namespace dray::wire {

/// What a client sees of `Page::after`: opaque, safe in any JSON and URL, and not mistaken for a
/// token of somebody else's.
std::string encode_token(std::string_view after);
/// BadRequest when the text is none of ours. Empty stays empty (clients send "" for the first
/// page).
Result<std::string> decode_token(std::string_view token);

/// maxResults and nextToken of a request. AWS: 1 to `results_max`, absent means `results_max`.
Page read_page(const JsonObject& request, std::int32_t results_max);

/// The page of `items` (in ascending order of `key`) behind `page.after`.
template <class T, class Key>
PageOf<T> page_of(std::vector<T> items, const Page& page, Key key) {
  PageOf<T> result;
  for (T& item : items) {
    if (!page.after.empty() && !(page.after < key(item))) {
      continue;
    }
    if (result.items.size() == static_cast<std::size_t>(page.results_max)) {
      result.next = key(result.items.back());
      break;
    }
    result.items.push_back(std::move(item));
  }
  return result;
}

}  // namespace dray::wire
