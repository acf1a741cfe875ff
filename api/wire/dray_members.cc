#include "api/wire/dray_members.h"

#include "model/names.h"

namespace dray::wire {

void write_counts(JsonWriter& out, const StateCounts& counts) {
  out.name("counts").begin_object();
  for (std::size_t i = 0; i < kJobStates; ++i) {
    out.number(dray::name_of(static_cast<JobState>(i)), counts[i]);
  }
  out.end_object();
}

}  // namespace dray::wire
