#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "api/backend.h"
#include "model/error.h"
#include "scheduler/core/settings.h"

namespace dray {

struct ServiceSettings {
  std::filesystem::path data_dir;
  std::string agents_host = "127.0.0.1";  ///< A loopback address.
  std::uint16_t agents_port = 8471;       ///< 0: the kernel picks a free one.
  Settings core;
  Duration keep_finished = std::chrono::hours(90 * 24);  ///< Zero: for ever.
  std::string region = "us-east-1";                      ///< For the first credentials file.
  std::string version;  ///< Of the program, and what it was built from.
  std::string commit;
};

/// A whole scheduler but for its door: the data folder, the state loaded from it, the loop, the
/// link's and the logs' threads.
class Service {
 public:
  /// Locks the folder, migrates and loads the database, takes the agents' port. Refusals are one
  /// sentence for the operator. Nothing runs yet: `start` does that.
  static Result<std::unique_ptr<Service>> open(ServiceSettings settings);
  /// Stops.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] std::uint16_t agents_port() const;
  /// Answers only after `start`.
  [[nodiscard]] api::Backend& backend();
  /// Where the first access key was written.
  [[nodiscard]] std::filesystem::path credentials_file() const;
  void start();
  /// Reads the whole database and says whether it is sound. Long; beside everything else.
  [[nodiscard]] Result<void> check_database() const;
  /// Closes the link, takes what waits in the inbox, commits it and ends all threads.
  void stop();

 private:
  struct Rooms;
  explicit Service(std::unique_ptr<Rooms> rooms);
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace dray
