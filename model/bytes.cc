#include "model/bytes.h"

namespace dray {

void ByteWriter::u8(std::uint8_t value) {
  bytes_.push_back(static_cast<char>(value));
}

void ByteWriter::u32(std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    u8(static_cast<std::uint8_t>(value >> shift));
  }
}

void ByteWriter::u64(std::uint64_t value) {
  u32(static_cast<std::uint32_t>(value));
  u32(static_cast<std::uint32_t>(value >> 32));
}

void ByteWriter::varint(std::uint64_t value) {
  while (value >= 0x80) {
    u8(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  u8(static_cast<std::uint8_t>(value));
}

void ByteWriter::zigzag(std::int64_t value) {
  varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

void ByteWriter::string(std::string_view value) {
  varint(value.size());
  bytes_ += value;
}

void ByteReader::mark_broken() {
  is_ok_ = false;
  rest_ = {};
}

std::uint8_t ByteReader::u8() {
  if (rest_.empty()) {
    mark_broken();
    return 0;
  }
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

std::uint32_t ByteReader::u32() {
  std::uint32_t value = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    value |= static_cast<std::uint32_t>(u8()) << shift;
  }
  return is_ok_ ? value : 0;
}

std::uint64_t ByteReader::u64() {
  const std::uint64_t low = u32();
  const std::uint64_t high = u32();
  return is_ok_ ? high << 32 | low : 0;
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    const std::uint8_t byte = u8();
    const std::uint64_t part = byte & 0x7fU;
    if (shift == 63 && part > 1) {
      break;  // More than 64 bits.
    }
    value |= part << shift;
    if ((byte & 0x80U) == 0) {
      return is_ok_ ? value : 0;
    }
    if (shift == 63) {
      break;
    }
  }
  mark_broken();
  return 0;
}

std::int64_t ByteReader::zigzag() {
  const std::uint64_t value = varint();
  return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

std::string ByteReader::string() {
  const std::uint64_t length = varint();
  if (length > rest_.size()) {
    mark_broken();
    return {};
  }
  std::string value(rest_.substr(0, length));
  rest_.remove_prefix(length);
  return value;
}

std::size_t ByteReader::count() {
  const std::uint64_t count = varint();
  if (count > rest_.size()) {
    mark_broken();
    return 0;
  }
  return count;
}

}  // namespace dray
