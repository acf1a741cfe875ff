#include "api/wire/json_guard.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace dray::wire {
namespace {

using Json = nlohmann::json;

/// Called by the parser for each value; a false return ends the parse at once.
class Guard : public nlohmann::json_sax<Json> {
 public:
  std::string complaint;

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t& text) override { return count() && has_no_nul(text); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    members_.emplace_back();
    return count() && is_shallow();
  }
  bool end_object() override {
    members_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override {
    members_.emplace_back();
    return count() && is_shallow();
  }
  bool end_array() override {
    members_.pop_back();
    return true;
  }
  bool key(string_t& name) override {
    if (!members_.back().insert(name).second) {
      complaint = "A member appears twice";
      return false;
    }
    return has_no_nul(name);
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  bool count() {
    if (++values_ > kJsonValuesMax) {
      complaint = "Too many values";
      return false;
    }
    return true;
  }
  bool is_shallow() {
    if (members_.size() > kJsonDepthMax) {
      complaint = "Nested too deeply";
      return false;
    }
    return true;
  }
  bool has_no_nul(const std::string& text) {
    if (text.find('\0') != std::string::npos) {
      complaint = "A text contains a NUL character";
      return false;
    }
    return true;
  }

  std::vector<std::set<std::string>> members_;  ///< Of the objects that are open.
  std::size_t values_ = 0;
};

}  // namespace

Result<void> guard_json(std::string_view text) {
  Guard guard;
  if (Json::sax_parse(text, &guard)) {
    return {};
  }
  std::string reason(kJsonBroken);
  if (!guard.complaint.empty()) {
    reason += ": " + guard.complaint;
  }
  return refuse(ErrorCode::BadRequest, reason);
}

}  // namespace dray::wire
