#include "scheduler/store/array_image.h"

#include <memory>
#include <utility>

#include "scheduler/store/child_walk.h"
#include "scheduler/store/job_details.h"

namespace dray::store {

std::optional<EndedArray> image_of_ended(ReadSession& session, const Uuid& uuid) {
  auto row = find_job(session, uuid);
  if (!row || !is_terminal(row->job.state)) {
    return std::nullopt;
  }
  Array children(row->job.spec->array_size);
  ChildWalk walk(session.database, row->job.id, 0);
  for (std::int32_t child = 0; child < children.size(); ++child) {
    const ChildRecord record = walk.at(child);
    if (record.latest) {
      children.count_attempt(child, static_cast<std::uint8_t>(record.latest->key.number));
    }
    const bool has_succeeded = record.state() == JobState::Succeeded;
    children.move(child, has_succeeded ? ChildState::Succeeded : ChildState::Failed);
  }
  return EndedArray{std::move(row->job), std::make_shared<const Array>(std::move(children))};
}

}  // namespace dray::store
