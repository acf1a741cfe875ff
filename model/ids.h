#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dray {

/// A number that does not mix with the numbers of other things. Zero means "none".
template <class Tag>
struct Number {
  std::uint64_t value = 0;
  auto operator<=>(const Number&) const = default;
  [[nodiscard]] bool is_none() const { return value == 0; }
};

/// A job's number: given in order of submission, never used twice. Smaller is older.
using JobId = Number<struct JobTag>;
using AgentId = Number<struct AgentTag>;
/// What one hello was granted (F2). Grows for ever, over all agents.
using SessionId = Number<struct SessionTag>;

/// 128 bits of chance as people see them: the id of a job on the wire (AWS: UUID v4 text).
struct Uuid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Uuid&) const = default;
  [[nodiscard]] bool is_none() const { return high == 0 && low == 0; }
};

/// "4c7599ae-0a82-49aa-ba5a-4727fcce14a8", always lower case.
std::string to_string(const Uuid& uuid);
/// Nothing unless the text has exactly that form (upper case is accepted).
std::optional<Uuid> parse_uuid(std::string_view text);
/// Sets the version and variant bits, so that any 128 random bits become a UUID v4.
Uuid as_uuid_v4(Uuid random_bits);

/// No child: the job itself, single or array parent.
inline constexpr std::int32_t kNoChild = -1;

/// One thing that runs: a single job (child == kNoChild), or one child of an array, from 0.
struct JobKey {
  JobId job;
  std::int32_t child = kNoChild;
  auto operator<=>(const JobKey&) const = default;
  [[nodiscard]] bool is_child() const { return child != kNoChild; }
};

/// Which run of a job, from 1 (AWS: AWS_BATCH_JOB_ATTEMPT).
using AttemptNumber = std::uint32_t;

/// Secret of one attempt, compared for equality only (F8). After a restore of an old backup numbers
/// repeat, tokens do not.
struct AttemptToken {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const AttemptToken&) const = default;
};

/// One attempt, by name.
struct AttemptKey {
  JobKey job;
  AttemptNumber number = 0;
  auto operator<=>(const AttemptKey&) const = default;
};

/// The last part of the attempt's taskArn and of its log stream's name: 32 hex digits that *are*
/// the key (16 job, 10 child + 1, 6 number), so that a stream is found without an index.
std::string task_id(const AttemptKey& attempt);
/// Nothing unless `text` is a task id.
std::optional<AttemptKey> parse_task_id(std::string_view text);

}  // namespace dray
