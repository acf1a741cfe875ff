#pragma once
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"

namespace dray::wire {

class JsonDocument;

/// A JSON object as it is read, member by member. A view: it lives as long as its document.
/// The first wrong type, size or number is kept by the document (`JsonDocument::refusal`); after
/// it, reads go on with empty values, so a decoder reads everything and asks once. A member that
/// is null counts as absent, unknown members are never looked at (AWS: newer SDKs send more).
class JsonObject {
 public:
  [[nodiscard]] bool has(std::string_view name) const;
  /// Empty when absent.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> maybe_text(std::string_view name) const;
  /// Absent or empty: refused, "<name> is required".
  [[nodiscard]] std::string required_text(std::string_view name) const;
  /// A text, or a number as text (Toil sends numbers where AWS has strings).
  [[nodiscard]] std::string text_or_number(std::string_view name) const;
  [[nodiscard]] std::optional<std::int32_t> integer(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> long_integer(std::string_view name) const;
  [[nodiscard]] std::optional<double> decimal(std::string_view name) const;
  [[nodiscard]] std::optional<bool> flag(std::string_view name) const;
  [[nodiscard]] std::optional<JsonObject> object(std::string_view name) const;
  [[nodiscard]] std::vector<JsonObject> objects(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  [[nodiscard]] std::map<std::string, std::string> text_map(std::string_view name) const;
  /// True when the member is absent, or an empty object or list.
  [[nodiscard]] bool is_empty(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names() const;
  /// The member as JSON text; empty when absent.
  [[nodiscard]] std::string json(std::string_view name) const;
  /// This object as JSON text.
  [[nodiscard]] std::string json() const;
  /// Only these members of this object, as JSON text.
  [[nodiscard]] std::string json_only(std::initializer_list<std::string_view> names) const;
  /// Refuses the document, unless it is refused already.
  void refuse_it(std::string reason) const;

 private:
  friend class JsonDocument;
  JsonObject(const void* value, JsonDocument* document) : value_(value), document_(document) {}
  const void* value_;  ///< The library's value; its type stays in the source.
  JsonDocument* document_;
};

/// A parsed request body: the one place where text becomes JSON. Bounded before it is built: depth
/// at most 64, no member twice, no NUL in texts, valid UTF-8 (guarantees 1, point 11).
class JsonDocument {
 public:
  /// The body must be an object; an empty body counts as {}. BadRequest, with AWS's text.
  static Result<JsonDocument> parse(std::string_view body);
  ~JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;

  /// The document must not be moved while objects of it are used.
  [[nodiscard]] JsonObject root();
  /// The library's value, for what looks at whole trees (shapes/validate.cc).
  [[nodiscard]] const void* value() const;
  [[nodiscard]] void* value();
  /// What was wrong first, if anything was.
  [[nodiscard]] const std::optional<Error>& refusal() const { return refusal_; }

 private:
  friend class JsonObject;
  struct Tree;
  explicit JsonDocument(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
  std::optional<Error> refusal_;
};

/// Two JSON objects as texts: the members of `over` put onto those of `under`. An empty text counts
/// as {}. Both were written by this room; one that is broken counts as {} too.
std::string merge_objects(std::string_view under, std::string_view over);

}  // namespace dray::wire
