#include "scheduler/core/fair_queue.h"

#include <utility>

#include "scheduler/core/place_gang.h"

namespace dray {

FairQueue::FairQueue(Pass& pass, const JobQueue& queue, const WaitingLine& some_line)
    : order_(pass.state, queue.name, capacity_of(pass.pools, queue), pass.now),
      pools_(pools_of(pass, some_line.request_class())),
      room_(shared_room(pass.state, pass.pools, queue)) {}

Standing FairQueue::standing(const Pass& pass) const {
  const JobKey& oldest = order_.oldest();
  const JobEntry& job = *pass.state.find_job(oldest.job);
  return standing_of(pass.state, pass.state.class_of(job, oldest.child), oldest, pass.now);
}

void FairQueue::block(Pass& pass) {
  const WaitingLine blocked = order_.drop();
  reserve_room(pass, blocked);
  pass.blocked.push_back(blocked);
}

bool FairQueue::start(Pass& pass, const WaitingLine& next) {
  const ClassKey& key = next.request_class().key;
  if (key.is_gang()) {
    return place_gang(pass, next);
  }
  const Place place = find_place(pass, pools_, next);
  if (!place.room) {
    return false;
  }
  const JobKey job = next.head();
  const AgentId agent = pass.pools.room(*place.room).entry->agent.id;
  pass.plan.placements.push_back({agent, {job.job, job.child, job.child}, false});
  pass.pools.use(*place.pool, *place.room, asker_of(next.id(), next.request_class()), 1);
  return true;
}

void FairQueue::place(Pass& pass, const std::optional<Standing>& limit) {
  while (!is_done() && (!limit || standing(pass) < *limit)) {
    const WaitingLine& next = order_.next();
    const ClassKey& key = next.request_class().key;
    if (pass.runs_left.is_used_up(next.request_class()) ||
        pass.stocks.times_left(key.consumables, 1) == 0) {
      order_.drop();  // No room is kept for what could not use it.
      continue;
    }
    const std::int64_t milli_vcpus = key.together().milli_vcpus;
    const bool is_held = !room_.has_room_for(milli_vcpus);
    if (is_held && !key.is_gang() && find_place(pass, pools_, next).room) {
      is_held_back_ = true;
      return;
    }
    if (is_held && key.is_gang()) {
      order_.drop();
      continue;
    }
    if (!start(pass, next)) {
      if (is_held) {
        pass.held.insert(next.id());
      }
      block(pass);
      continue;
    }
    pass.runs_left.use(next.request_class(), 1);
    pass.stocks.use(key.consumables, 1);
    room_.used += milli_vcpus;
    order_.take();
  }
}

}  // namespace dray
