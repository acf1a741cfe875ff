#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "scheduler/store/database.h"

namespace dray::store {

/// One read-only connection and the statements it has prepared. One thread at a time.
struct ReadSession {
  Database database;
  /// By their text: a bounded set, made of constants of this room.
  std::map<std::string, Statement, std::less<>> statements;

  /// The statement of this text, reset. Not for one that is being stepped through already.
  Statement& use(std::string_view sql) {
    auto at = statements.find(sql);
    if (at == statements.end()) {
      at = statements.emplace(std::string(sql), database.prepare(sql)).first;
    }
    at->second.reset();
    return at->second;
  }
};

}  // namespace dray::store
