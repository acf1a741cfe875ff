#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "model/catalogue_words.h"
#include "scheduler/core/turn.h"

/// Scheduling policies, consumable resources, service environments and quota shares.
namespace dray {
namespace {

/// AWS: a clientToken is valid for 8 hours.
constexpr std::int64_t kTokenKeptMs = 8LL * 60 * 60 * 1000;

const CatalogueEntry* find(Turn& turn, const EntryKey& key) {
  const auto found = turn.state().catalogue().find(key);
  if (found == turn.state().catalogue().end()) {
    turn.refuse(ErrorCode::NotFound, missing(key));
    return nullptr;
  }
  return &found->second;
}

bool is_used(const State& state, const EntryKey& key) {
  const auto uses = [&key](const auto& named) {
    const JobQueue& queue = named.second;
    const auto& services = queue.service_environments;
    return key.kind == ResourceKind::SchedulingPolicy
               ? queue.scheduling_policy == key.name
               : key.kind == ResourceKind::ServiceEnvironment &&
                     std::find(services.begin(), services.end(), key.name) != services.end();
  };
  return std::any_of(state.queues().begin(), state.queues().end(), uses);
}

bool must_be_disabled(ResourceKind kind) {
  return kind == ResourceKind::ServiceEnvironment || kind == ResourceKind::QuotaShare;
}

/// A quota share lives in a queue of service jobs (AWS); says so when there is none.
bool has_its_queue(Turn& turn, const EntryKey& key) {
  if (key.kind != ResourceKind::QuotaShare) {
    return true;
  }
  const std::string name = key.name.substr(0, key.name.find('/'));
  const auto queue = turn.state().queues().find(name);
  if (queue == turn.state().queues().end()) {
    turn.refuse(ErrorCode::NotFound, "JobQueue " + name + " does not exist");
    return false;
  }
  if (queue->second.service_environments.empty()) {
    turn.refuse(ErrorCode::BadRequest, "JobQueue " + name +
                                           " cannot have quota shares: it is not of the type "
                                           "SAGEMAKER_TRAINING");
    return false;
  }
  return true;
}

/// Whether this very change was made already, within the life of its token.
bool is_repeat(const Stock& stock, const QuantityChange& change) {
  const auto token = stock.tokens.find(change.token);
  return token != stock.tokens.end() && token->second.operation == change.operation &&
         token->second.quantity == change.quantity;
}

/// The total after the change; nothing when there is no such number.
std::optional<std::int64_t> total_after(const Stock& stock, const QuantityChange& change) {
  switch (change.operation) {
    case QuantityOperation::Set:
      return change.quantity;
    case QuantityOperation::Add:
      return change.quantity > std::numeric_limits<std::int64_t>::max() - stock.total
                 ? std::nullopt
                 : std::optional(stock.total + change.quantity);
    case QuantityOperation::Remove:
      return change.quantity > stock.total ? std::nullopt
                                           : std::optional(stock.total - change.quantity);
  }
  return std::nullopt;
}

}  // namespace

void take(Turn& turn, const EntryCreated& event) {
  if (turn.state().catalogue().contains(event.entry.key)) {
    turn.refuse(ErrorCode::Conflict, "Object already exists");
    return;
  }
  if (!has_its_queue(turn, event.entry.key)) {
    return;
  }
  CatalogueEntry entry = event.entry;
  entry.created_at = turn.at();
  turn.put(EntryPut{std::move(entry)});
  turn.reply(Done{});
}

void take(Turn& turn, const EntryUpdated& event) {
  const EntryUpdate& update = event.update;
  const CatalogueEntry* found = find(turn, update.key);
  if (found == nullptr) {
    return;
  }
  CatalogueEntry entry = *found;
  entry.is_enabled = update.is_enabled.value_or(entry.is_enabled);
  if (update.fair_share) {
    entry.fair_share = update.fair_share;
  }
  entry.as_given = update.as_given.value_or(entry.as_given);
  turn.put(EntryPut{std::move(entry)});
  turn.reply(Done{});
}

void take(Turn& turn, const EntryDeleted& event) {
  const CatalogueEntry* found = find(turn, event.key);
  if (found == nullptr) {
    return;
  }
  if (is_used(turn.state(), event.key)) {
    turn.refuse(ErrorCode::Conflict, "Cannot delete, found existing JobQueue relationship.");
    return;
  }
  if (must_be_disabled(event.key.kind) && found->is_enabled) {
    turn.refuse(ErrorCode::Conflict,
                "Cannot delete, " + word_of(event.key.kind) + " must be DISABLED first.");
    return;
  }
  turn.put(EntryGone{event.key});
  turn.reply(Done{});
}

void take(Turn& turn, const QuantityChanged& event) {
  const QuantityChange& change = event.change;
  const CatalogueEntry* found = find(turn, {ResourceKind::ConsumableResource, change.name});
  if (found == nullptr) {
    return;
  }
  CatalogueEntry entry = *found;
  Stock& stock = entry.stock.value();
  std::erase_if(stock.tokens, [&turn](const auto& token) {
    return token.second.at.epoch_ms + kTokenKeptMs < turn.at().epoch_ms;
  });
  if (is_repeat(stock, change)) {
    turn.reply(QuantityNow{stock.total});
    return;
  }
  if (!change.token.empty() && stock.tokens.contains(change.token)) {
    turn.refuse(ErrorCode::Conflict, "This clientToken was used within 8 hours for another change");
    return;
  }
  const std::optional<std::int64_t> total = total_after(stock, change);
  if (!total) {
    turn.refuse(ErrorCode::BadRequest, "The total quantity of ConsumableResource " + change.name +
                                           " would be out of range: it is " +
                                           std::to_string(stock.total));
    return;
  }
  stock.total = *total;
  if (!change.token.empty()) {
    stock.tokens[change.token] = {change.operation, change.quantity, turn.at()};
  }
  turn.put(EntryPut{std::move(entry)});
  turn.reply(QuantityNow{*total});
}

}  // namespace dray
