#include "api/server/gate/request_reader.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dray::server {
namespace {

using Got = RequestReader::Got;

const std::string kTwo =
    "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
    "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
    "GET /c HTTP/1.1\r\nHost: h\r\n\r\n";

std::vector<std::string> read_all(const std::vector<std::string>& pieces) {
  const HeadLimits limits;
  RequestReader reader(limits);
  std::vector<std::string> all;
  for (const std::string& piece : pieces) {
    reader.feed(piece);
    while (true) {
      HttpRequest request;
      HttpRefusal refusal;
      const Got got = reader.next(request, refusal);
      if (got == Got::Refusal) {
        all.push_back(std::to_string(refusal.status));
        return all;
      }
      if (got == Got::Nothing) {
        break;
      }
      all.push_back(request.target + " " + request.body);
    }
  }
  return all;
}

TEST(RequestReader, ReadsTheSameHoweverTheBytesCome) {
  const std::vector<std::string> expected{"/a abc", "/b de", "/c "};
  EXPECT_EQ(read_all({kTwo}), expected);
  std::vector<std::string> bytes;
  for (const char byte : kTwo) {
    bytes.emplace_back(1, byte);
  }
  EXPECT_EQ(read_all(bytes), expected);
  for (std::size_t cut = 1; cut < kTwo.size(); ++cut) {
    EXPECT_EQ(read_all({kTwo.substr(0, cut), kTwo.substr(cut)}), expected) << cut;
  }
}

TEST(RequestReader, RefusesBareLineFeedsAtOnce) {
  EXPECT_EQ(read_all({"GET / HTTP/1.1\n"}), std::vector<std::string>{"400"});
  EXPECT_EQ(read_all({"GET / HTTP/1.1\r", "\nHost: h\r\n", "\n"}), std::vector<std::string>{"400"});
  EXPECT_EQ(read_all({"\n"}), std::vector<std::string>{"400"});
  // What a body holds is nobody's business.
  EXPECT_EQ(read_all({"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n\n\n"}),
            std::vector<std::string>{"/ \n\n"});
}

TEST(RequestReader, BoundsTheHeadWhereverItEnds) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
  const std::string end = "\r\n\r\n";
  const std::size_t room = HeadLimits().head_bytes_max - begin.size();
  EXPECT_EQ(read_all({begin + std::string(room, 'a') + end}), std::vector<std::string>{"/ "});
  EXPECT_EQ(read_all({begin + std::string(room + 1, 'a') + end}), std::vector<std::string>{"431"});
  EXPECT_EQ(read_all({begin + std::string(room, 'a'), "aaaa"}), std::vector<std::string>{"431"});
}

TEST(RequestReader, TakesWhatIsJustSmallEnoughHoweverItComes) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
  const std::string head =
      begin + std::string(HeadLimits().head_bytes_max - begin.size(), 'a') + "\r\n\r\n";
  const std::string chunked =
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ";
  const std::string trailers = chunked + std::string(4096 - 3, 'a') + "\r\n\r\n";
  for (const std::string& text : {head, trailers}) {
    for (std::size_t cut = text.size() - 6; cut <= text.size(); ++cut) {
      EXPECT_EQ(read_all({text.substr(0, cut), text.substr(cut)}), std::vector<std::string>{"/ "})
          << cut;
    }
  }
  EXPECT_EQ(read_all({chunked + std::string(4096 - 2, 'a') + "\r\n\r\n"}),
            std::vector<std::string>{"400"});
}

TEST(RequestReader, InvitesOnlyWhoWaits) {
  const HeadLimits limits;
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  HttpRequest request;
  HttpRefusal refusal;
  RequestReader waits(limits);
  waits.feed(head);
  EXPECT_FALSE(waits.take_invitation());
  EXPECT_EQ(waits.next(request, refusal), Got::Nothing);
  EXPECT_TRUE(waits.take_invitation());
  EXPECT_FALSE(waits.take_invitation());
  RequestReader sends(limits);
  sends.feed(head + "a");
  EXPECT_EQ(sends.next(request, refusal), Got::Nothing);
  EXPECT_FALSE(sends.take_invitation());
}

TEST(RequestReader, HoldsNothingBetweenRequests) {
  const HeadLimits limits;
  RequestReader reader(limits);
  reader.feed("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" +
              std::string(100'000, 'a'));
  EXPECT_GT(reader.held(), 100'000U);
  HttpRequest request;
  HttpRefusal refusal;
  ASSERT_EQ(reader.next(request, refusal), Got::Request);
  EXPECT_EQ(reader.held(), 0U);
  EXPECT_TRUE(reader.is_empty());
}

}  // namespace
}  // namespace dray::server
