#pragma once
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dray::wire {

/// Writes JSON text, value after value. Commas are its business; opening and closing in pairs is
/// the caller's. Texts that are not UTF-8 are written with U+FFFD in place of what is wrong, so
/// that any job output and any name becomes valid JSON. Numbers are plain integers: AWS's Go SDK
/// refuses a whole answer for one time in another form.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_list();
  JsonWriter& end_list();
  JsonWriter& name(std::string_view name);

  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& flag(bool value);
  /// A value that is JSON text already, written by this room.
  JsonWriter& json(std::string_view text);

  // A member of the open object. Those with an optional are left out when it is empty.
  JsonWriter& text(std::string_view name, std::string_view value);
  JsonWriter& number(std::string_view name, std::int64_t value);
  JsonWriter& number(std::string_view name, std::optional<std::int64_t> value);
  JsonWriter& flag(std::string_view name, bool value);
  JsonWriter& json(std::string_view name, std::string_view text);
  /// Left out when empty.
  JsonWriter& text_if_any(std::string_view name, std::string_view value);
  JsonWriter& texts(std::string_view name, const std::vector<std::string>& values);
  JsonWriter& text_map(std::string_view name, const std::map<std::string, std::string>& values);
  JsonWriter& empty_list(std::string_view name);

  /// The members of a JSON object given as text, but for those named in `except`; and of those
  /// named in `lists` that it has not, an empty list. A text that is empty or no object has none.
  JsonWriter& members_of(std::string_view object, std::initializer_list<std::string_view> except,
                         std::initializer_list<std::string_view> lists = {});

  [[nodiscard]] std::string take() { return std::move(out_); }
  [[nodiscard]] std::size_t size() const { return out_.size(); }

 private:
  void comma();
  void write_members(std::string_view object, std::initializer_list<std::string_view> except,
                     std::initializer_list<std::string_view> lists);
  std::string out_;
  /// What members_of was asked for last, and what it wrote: jobs of one definition follow one
  /// another, and parsing its JSON anew for each is most of their cost.
  std::string asked_;
  std::string written_;
  bool needs_comma_ = false;
};

}  // namespace dray::wire
