#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dray {

/// Writes values as bytes: varints (LEB128), zigzag for signed ones, strings with their length.
/// Used for frames of the link, rows of the store and journal records, so that a JobSpec has one
/// form.
class ByteWriter {
 public:
  void u8(std::uint8_t value);
  void u32(std::uint32_t value);  ///< Four bytes, little endian.
  void u64(std::uint64_t value);  ///< Eight bytes, little endian.
  void varint(std::uint64_t value);
  void zigzag(std::int64_t value);
  void string(std::string_view value);
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what ByteWriter wrote. After the first impossible value `is_ok()` is false for good and
/// every read returns zero or empty: check once, at the end. Never reads outside its bytes, and
/// allocates no more than the bytes it was given.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t varint();
  std::int64_t zigzag();
  std::string string();
  /// A count of things that each take at least one byte: broken when more than what is left.
  std::size_t count();
  /// One of an enum's values, written as a byte: broken, and the first one, when beyond `last`.
  template <class Enum>
  Enum one_of(Enum last) {
    const std::uint8_t value = u8();
    if (value > static_cast<std::uint8_t>(last)) {
      mark_broken();
      return Enum{};
    }
    return static_cast<Enum>(value);
  }
  [[nodiscard]] bool is_ok() const { return is_ok_; }
  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  void mark_broken();

 private:
  std::string_view rest_;
  bool is_ok_ = true;
};

}  // namespace dray
