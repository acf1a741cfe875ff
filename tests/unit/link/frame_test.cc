#include "api/wire/frame.h"

#include <gtest/gtest.h>

namespace dray::wire {
namespace {

using namespace std::string_literals;

TEST(FrameParser, TakesAStreamThatIsCutAnywhere) {
  std::string stream;
  append_frame(stream, FrameKind::Hello, "abc");
  append_frame(stream, FrameKind::LogStored, "");
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    FrameParser parser;
    std::vector<Frame> frames;
    for (const std::string& piece : {stream.substr(0, cut), stream.substr(cut)}) {
      parser.feed(piece);
      while (auto frame = parser.next()) {
        frames.push_back(*frame);
      }
    }
    EXPECT_EQ(frames, (std::vector<Frame>{{1, "abc"}, {34, ""}})) << cut;
  }
}

TEST(FrameParser, RefusesALengthOverTheLimitBeforeItsPayloadArrives) {
  FrameParser parser;
  parser.feed("\x01\x00\x80\x00\x01"s);
  EXPECT_FALSE(parser.next());
  EXPECT_TRUE(parser.is_broken());
  parser.feed(std::string(100, 'x'));
  EXPECT_FALSE(parser.next());
}

TEST(FrameParser, TakesALengthAtTheLimit) {
  FrameParser parser;
  std::string stream;
  append_frame(stream, FrameKind::Facts, std::string(kFramePayloadMax, 'x'));
  parser.feed(stream);
  const auto frame = parser.next();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->payload.size(), kFramePayloadMax);
}

TEST(Frame, HasGoldenBytes) {
  std::string stream;
  append_frame(stream, FrameKind::Welcome, "xy");
  EXPECT_EQ(stream, "\x02\x00\x00\x00\x10xy"s);
}

}  // namespace
}  // namespace dray::wire
