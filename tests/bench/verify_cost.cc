// verify_cost: what checking one signature takes; one line of JSON out.
#include <chrono>
#include <cstdio>
#include <string>

#include "api/auth/amz_time.h"
#include "api/auth/sign.h"
#include "api/auth/verifier.h"
#include "model/check.h"

namespace dray::bench {
namespace {

using Clock = std::chrono::steady_clock;

int run() {
  constexpr int kTimes = 100'000;
  const std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const std::string body(400, 'x');
  const WallTime now = auth::parse_amz_time("20260131T120000Z").value();
  const auto headers =
      auth::sign({"POST", "/v1/submitjob", "127.0.0.1:8470", "application/json", body},
                 {"AKIDEXAMPLE", secret, "", "us-east-1"}, now);
  auth::RequestParts parts{"POST",
                           "/v1/submitjob",
                           {{"Host", "127.0.0.1:8470"},
                            {"Content-Type", "application/json"},
                            {"User-Agent", "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux"},
                            {"Accept-Encoding", "identity"},
                            {"amz-sdk-invocation-id", "0b1a6a2c-8f50-4c3c-8c8e-3f6f0f2b4a11"},
                            {"amz-sdk-request", "attempt=1"}},
                           body};
  for (const auto& [name, value] : headers) {
    parts.headers.emplace_back(name, value);
  }
  auth::Verifier verifier;
  const Clock::time_point begin = Clock::now();
  for (int i = 0; i < kTimes; ++i) {
    CHECK(verifier.verify(
        parts, [&](std::string_view) { return &secret; }, now));
  }
  const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
  std::printf("{\"us\": %.3f}\n", took.count() / kTimes);
  return 0;
}

}  // namespace
}  // namespace dray::bench

int main() {
  return dray::bench::run();
}
