#include <fstream>
#include <memory>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "cli/certificates.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/server/door_under_test.h"

namespace dray::server {
namespace {

const std::string kAskTls = "GET /livez HTTP/1.1\r\nHost: some.name\r\n\r\n";
const std::string kGoodTls = "{\"status\":\"ok\"}";

/// A client of OpenSSL's that trusts one CA.
class TlsPeer {
 public:
  TlsPeer(std::uint16_t port, const std::string& ca_file, int version_max = 0)
      : peer_(port), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_load_verify_locations(context_, ca_file.c_str(), nullptr);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, version_max);
    session_ = SSL_new(context_);
    SSL_set_fd(session_, peer_.socket());
    SSL_set1_host(session_, "127.0.0.1");
    is_open = SSL_connect(session_) == 1;
  }
  ~TlsPeer() {
    SSL_free(session_);
    SSL_CTX_free(context_);
  }
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  bool send(const std::string& bytes) {
    return SSL_write(session_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  std::string read(const std::string& end) {
    std::string text;
    char bytes[4096];
    while (text.find(end) == std::string::npos) {
      const int got = SSL_read(session_, bytes, sizeof bytes);
      if (got <= 0) {
        break;
      }
      text.append(bytes, static_cast<std::size_t>(got));
    }
    return text;
  }

  bool is_open = false;

 private:
  Peer peer_;
  SSL_CTX* context_;
  SSL* session_ = nullptr;
};

class TlsTest : public DoorUnderTest {
 protected:
  TlsTest() {
    const auto ca = cli::make_authority("a test", 1);
    const auto pair = cli::make_server_certificate(ca.value(), {"127.0.0.1"}, 1);
    write("ca.pem", ca->text);
    write("server.pem", pair->text);
    write("server-key.pem", pair->key);
    settings.tls_certificate_file = path("server.pem");
    settings.tls_key_file = path("server-key.pem");
  }
  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }

  TemporaryFolder folder;
  HttpSettings settings;
};

TEST_F(TlsTest, AnswersRequestAfterRequest) {
  start(settings);
  TlsPeer peer(port, path("ca.pem"));
  ASSERT_TRUE(peer.is_open);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(peer.send(kAskTls + kAskTls));
    EXPECT_TRUE(peer.read(kGoodTls).starts_with("HTTP/1.1 200"));
    EXPECT_NE(peer.read(kGoodTls), "");
  }
}

TEST_F(TlsTest, TakesBodiesOfManyRecordsAndSendsThem) {
  start(settings);
  TlsPeer peer(port, path("ca.pem"));
  ASSERT_TRUE(peer.is_open);
  const std::string body = "{\"jobs\":[]}" + std::string(1'000'000, ' ');
  peer.send("POST /v1/describejobs HTTP/1.1\r\nHost: h\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_TRUE(peer.read("{\"jobs\":[]}").starts_with("HTTP/1.1 200"));
}

TEST_F(TlsTest, SpeaksNothingOlderThanTls12) {
  start(settings);
  EXPECT_TRUE(TlsPeer(port, path("ca.pem"), TLS1_2_VERSION).is_open);
  EXPECT_FALSE(TlsPeer(port, path("ca.pem"), TLS1_1_VERSION).is_open);
}

TEST_F(TlsTest, IsNotTrustedByWhoKnowsAnotherAuthority) {
  write("other.pem", cli::make_authority("another", 1)->text);
  start(settings);
  EXPECT_FALSE(TlsPeer(port, path("other.pem")).is_open);
  EXPECT_TRUE(TlsPeer(port, path("ca.pem")).is_open);
}

TEST_F(TlsTest, TellsWhoSpeaksPlainHttp) {
  start(settings);
  const std::string text = answer(kAskTls);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 400")) << text;
  EXPECT_TRUE(text.ends_with("use a URL that begins with https://\"}")) << text;
}

TEST_F(TlsTest, WaitsForNoHandshakeForEver) {
  settings.limits.handshake_deadline = std::chrono::milliseconds(50);
  start(settings);
  EXPECT_EQ(answer(""), "");
  EXPECT_EQ(answer(std::string("\x16\x03\x01\x02\x00", 5)), "");
  EXPECT_TRUE(TlsPeer(port, path("ca.pem")).is_open);
}

TEST_F(TlsTest, SaysWhatIsWrongWithItsFiles) {
  const auto reason = [this] {
    HttpServer server_(backend, settings);
    const auto bound = server_.bind();
    return bound ? "" : bound.error().reason;
  };
  settings.port = 0;
  settings.tls_key_file = path("none.pem");
  EXPECT_NE(reason().find("none.pem"), std::string::npos);
  write("other-key.pem", cli::make_authority("another", 1)->key);
  settings.tls_key_file = path("other-key.pem");
  EXPECT_NE(reason().find("other-key.pem"), std::string::npos);
  settings.tls_certificate_file = path("server-key.pem");
  EXPECT_NE(reason().find("certificate"), std::string::npos);
}

TEST(Certificates, AreForNamesAndAddressesOnly) {
  const auto ca = cli::make_authority("a test", 1);
  EXPECT_TRUE(cli::make_server_certificate(*ca, {"a.example", "*.b.example", "::1"}, 1));
  for (const char* name : {"", "a,DNS:b", "a b", "http://a", "a\n"}) {
    EXPECT_FALSE(cli::make_server_certificate(*ca, {"ok", name}, 1)) << name;
  }
  EXPECT_FALSE(cli::make_server_certificate({"no", "pem"}, {"a"}, 1));
}

}  // namespace
}  // namespace dray::server
