#include "api/server/web_assets.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "api/server/digest.h"
#include "api/server/web_files.h"
#include "tests/support/temporary_folder.h"

namespace dray::server {
namespace {

std::string header(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

std::optional<HttpResponse> get(const WebAssets& assets, const std::string& path,
                                std::map<std::string, std::string> headers = {}) {
  HttpRequest request;
  request.method = "GET";
  request.target = path;
  request.headers = std::move(headers);
  return assets.answer(request, path);
}

constexpr const char* kMap = R"({"imports":{"preact":"@ASSETS@/lib/preact.mjs"}})";

class WebAssetsOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    write(folder.path() / "web/index.html",
          std::string("<script type=\"importmap\">") + kMap + "</script>@ASSETS@/app.js");
    write(folder.path() / "web/app.js", "app()");
    write(folder.path() / "web/.npmrc", "secret");
    write(folder.path() / "web/libraries.txt",
          "# a comment\nlib/preact.mjs preact/dist/preact.mjs\n");
    write(folder.path() / "web/node_modules/preact/dist/preact.mjs", "preact()");
    write(folder.path() / "secret.js", "secret");
    assets.emplace((folder.path() / "web").string());
  }
  TemporaryFolder folder;
  std::optional<WebAssets> assets;
};

TEST_F(WebAssetsOnDisk, AnswersEveryPageWithTheOneHtml) {
  for (const char* path : {"/", "/jobs", "/jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8:7",
                           "/queues/q", "/agents", "/agents/a1"}) {
    const auto response = get(*assets, path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->content_type, "text/html; charset=utf-8");
    EXPECT_TRUE(response->body.ends_with("/assets/dev/app.js")) << response->body;
  }
  for (const char* path :
       {"/jobsx", "/v1/submitjob", "/dray/v1/jobs", "/livez", "/metrics", "", "//"}) {
    EXPECT_FALSE(get(*assets, path)) << path;
  }
  HttpRequest post;
  post.method = "POST";
  EXPECT_FALSE(assets->answer(post, "/"));
}

TEST_F(WebAssetsOnDisk, AllowsNoScriptButItsOwnFilesAndItsImportMap) {
  const auto page = get(*assets, "/");
  const std::string policy = header(*page, "Content-Security-Policy");
  const std::string map = R"({"imports":{"preact":"/assets/dev/lib/preact.mjs"}})";
  EXPECT_NE(policy.find("script-src 'self' 'sha256-" + sha256_base64(map) + "';"),
            std::string::npos)
      << policy;
  EXPECT_TRUE(policy.starts_with("default-src 'none';"));
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(policy.find("http"), std::string::npos);
  EXPECT_EQ(header(*page, "Referrer-Policy"), "no-referrer");
}

TEST_F(WebAssetsOnDisk, KnowsAgainWhatTheBrowserHas) {
  const auto page = get(*assets, "/");
  EXPECT_EQ(header(*page, "Cache-Control"), "no-cache");
  const std::string tag = header(*page, "ETag");
  const auto again = get(*assets, "/jobs", {{"if-none-match", "\"other\", W/" + tag}});
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body, "");
  write(folder.path() / "web/index.html", "new");
  EXPECT_EQ(get(*assets, "/", {{"if-none-match", tag}})->body, "new");
}

TEST_F(WebAssetsOnDisk, ServesFilesAndLibrariesAndNothingBeside) {
  EXPECT_EQ(get(*assets, "/assets/dev/app.js")->body, "app()");
  EXPECT_EQ(get(*assets, "/assets/dev/app.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(get(*assets, "/assets/dev/lib/preact.mjs")->body, "preact()");
  for (const char* path :
       {"/assets/dev/../secret.js", "/assets/dev/.npmrc", "/assets/dev//etc/passwd",
        "/assets/dev/lib/../../secret.js", "/assets/dev/", "/assets/dev", "/assets/",
        "/assets/other/app.js", "/assets/dev/nothing.js"}) {
    EXPECT_EQ(get(*assets, path)->status, 404) << path;
  }
}

TEST(WebAssets, AreInTheBinaryUnderAHashAndKeptForEver) {
  ASSERT_FALSE(embedded_web_files().empty());
  const WebAssets assets;
  for (const WebFile& file : embedded_web_files()) {
    EXPECT_EQ(sha256_hex(file.bytes), file.sha256) << file.path;
    const std::string path =
        "/assets/" + std::string(embedded_web_hash()) + "/" + std::string(file.path);
    const auto plain = get(assets, path);
    EXPECT_EQ(plain->body, file.bytes) << file.path;
    EXPECT_EQ(header(*plain, "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(header(*plain, "Content-Encoding"), "");
    const auto small = get(assets, path, {{"accept-encoding", "br, gzip;q=0.8"}});
    if (!file.gzip.empty()) {
      EXPECT_LT(file.gzip.size(), file.bytes.size());
      EXPECT_EQ(small->body, file.gzip);
      EXPECT_EQ(header(*small, "Content-Encoding"), "gzip");
      EXPECT_NE(header(*small, "ETag"), header(*plain, "ETag"));
    }
    EXPECT_EQ(get(assets, path, {{"accept-encoding", "gzip;q=0"}})->body, file.bytes);
  }
  const auto page = get(assets, "/");
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->body.find("@ASSETS@"), std::string::npos);
  EXPECT_NE(page->body.find(embedded_web_hash()), std::string::npos);
}

}  // namespace
}  // namespace dray::server
