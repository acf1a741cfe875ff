#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "api/auth/key_set.h"
#include "model/access.h"
#include "scheduler/core/decision.h"
#include "scheduler/service/master_key.h"

namespace dray {

/// The access keys as the door needs them: opened, in a set that is replaced whole. The loop tells
/// it of every commit before anybody is answered, so that a key that was disabled signs nothing any
/// more when its owner hears of it. Any thread.
class KeyRing {
 public:
  explicit KeyRing(const auth::Digest& master) : master_(master) {}

  /// What a recovery or a commit says.
  void take(const Change& change);
  void take(std::span<const Decision> decisions);
  [[nodiscard]] std::shared_ptr<const auth::KeySet> keys() const;
  /// All of them, disabled ones too, by id.
  [[nodiscard]] std::vector<AccessKey> list() const;
  [[nodiscard]] const auth::Digest& master() const { return master_; }

 private:
  /// Under the lock.
  void put(const AccessKey& key);
  void publish();

  const auth::Digest master_;
  mutable std::mutex mutex_;  ///< Guards what follows.
  std::map<std::string, AccessKey> all_;
  auth::KeySet open_;
  std::shared_ptr<const auth::KeySet> published_ = std::make_shared<auth::KeySet>();
};

}  // namespace dray
