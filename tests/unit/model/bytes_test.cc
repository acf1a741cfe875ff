#include "model/bytes.h"

#include <limits>

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(Bytes, GiveBackWhatWasWritten) {
  ByteWriter out;
  out.u8(7);
  out.u32(0xdeadbeef);
  out.u64(0x0123456789abcdefULL);
  for (const std::uint64_t value : {0ULL, 127ULL, 128ULL, ~0ULL}) {
    out.varint(value);
  }
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    out.zigzag(value);
  }
  out.string(std::string("a\0b", 3));

  ByteReader in(out.bytes());
  EXPECT_EQ(in.u8(), 7);
  EXPECT_EQ(in.u32(), 0xdeadbeef);
  EXPECT_EQ(in.u64(), 0x0123456789abcdefULL);
  for (const std::uint64_t value : {0ULL, 127ULL, 128ULL, ~0ULL}) {
    EXPECT_EQ(in.varint(), value);
  }
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(in.zigzag(), value);
  }
  EXPECT_EQ(in.string(), std::string("a\0b", 3));
  EXPECT_TRUE(in.is_ok());
  EXPECT_TRUE(in.is_at_end());
}

TEST(Bytes, StayBrokenAfterTheFirstImpossibleValue) {
  ByteReader in(
      std::string_view("\x05"
                       "ab",
                       3));
  EXPECT_EQ(in.string(), "");
  EXPECT_FALSE(in.is_ok());
  EXPECT_EQ(in.u8(), 0);
  EXPECT_FALSE(in.is_ok());
}

TEST(Bytes, RefuseAVarintOfMoreThan64Bits) {
  ByteReader endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  endless.varint();
  EXPECT_FALSE(endless.is_ok());
  ByteReader large(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
  large.varint();
  EXPECT_FALSE(large.is_ok());
}

TEST(Bytes, RefuseACountOfMoreThingsThanBytes) {
  ByteWriter out;
  out.varint(1'000'000'000);
  ByteReader in(out.bytes());
  EXPECT_EQ(in.count(), 0U);
  EXPECT_FALSE(in.is_ok());
}

}  // namespace
}  // namespace dray
