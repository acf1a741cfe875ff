#include "scheduler/core/fair_queue.h"

#include <utility>

namespace dray {

FairQueue::FairQueue(Pass& pass, const JobQueue& queue, const WaitingLine& some_line)
    : order_(pass.state, queue.name, capacity_of(pass.pools, queue), pass.now),
      pools_(pools_of(pass, some_line.request_class())),
      room_(shared_room(pass.state, pass.pools, queue)),
      below_top_(-std::int64_t{queue.priority}) {}

void FairQueue::place(Pass& pass, const std::optional<JobKey>& limit) {
  while (!is_done() && (!limit || order_.oldest() < *limit)) {
    const WaitingLine& next = order_.next();
    const Quantities& needs = next.request_class().key.consumables;
    if (pass.stocks.times_left(needs, 1) == 0) {
      order_.drop();  // No room is kept for what cannot use it.
      continue;
    }
    const Place place = find_place(pass, pools_, next);
    if (!place.room) {
      const WaitingLine blocked = order_.drop();
      reserve_room(pass, blocked);
      pass.blocked.push_back(blocked);
      continue;
    }
    const Resources request = next.request();
    if (!room_.has_room_for(request.milli_vcpus)) {
      is_held_back_ = true;
      return;
    }
    pass.stocks.use(needs, 1);
    const JobKey job = order_.take();
    room_.used += request.milli_vcpus;
    const AgentId agent = pass.pools.room(*place.room).entry->agent.id;
    pass.plan.placements.push_back({agent, {job.job, job.child, job.child}, false});
    pass.pools.use(*place.pool, *place.room, request, 1);
  }
}

}  // namespace dray
