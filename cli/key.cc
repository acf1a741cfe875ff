#include "cli/exit_codes.h"
#include "cli/job_words.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

std::string used(const wire::KeyView& key) {
  return key.last_used_at_ms ? time_text(WallTime{*key.last_used_at_ms}) : "never";
}

}  // namespace

int run_key_create(Session& session, const KeyOptions& options) {
  const client::Reply<wire::KeyView> key =
      session.client.create_key(options.user, options.role, options.queues);
  if (!key) {
    return report(session, key.error());
  }
  // As AWS's tools read it: `dray key create ... > FILE` makes a credentials file.
  write_things(session, {key->json}, {key->id},
               "[default]\naws_access_key_id = " + key->id +
                   "\naws_secret_access_key = " + key->secret + "\n");
  session.note("dray: the secret of " + harmless(key->user) + "'s key (" + harmless(key->role) +
               ", queues " + harmless(key->queues) + ") is shown this once");
  return kDone;
}

int run_key_list(Session& session) {
  const client::Reply<std::vector<wire::KeyView>> keys = session.client.keys();
  if (!keys) {
    return report(session, keys.error());
  }
  Table table({{"KEY"},
               {"USER", false, true},
               {"ROLE"},
               {"QUEUES", false, true},
               {"STATUS"},
               {"CREATED"},
               {"LAST USED"}});
  std::vector<std::string> json;
  std::vector<std::string> ids;
  for (const wire::KeyView& key : *keys) {
    const Paint paint = key.status == "Active" ? Paint::Good : Paint::Waiting;
    table.add({{key.id},
               {key.user},
               {key.role},
               {key.queues},
               {key.status, paint},
               {time_text(WallTime{key.created_at_ms})},
               {used(key)}});
    json.push_back(key.json);
    ids.push_back(key.id);
  }
  write_things(session, json, ids,
               table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                          session.terminal.color_out));
  return kDone;
}

int run_key_change(Session& session, const NamesOptions& options, KeyChange change) {
  for (const std::string& id : options.names) {
    const client::Reply<void> done =
        change == KeyChange::Delete ? session.client.delete_key(id)
                                    : session.client.switch_key(id, change == KeyChange::Enable);
    if (!done) {
      return report(session, done.error());
    }
  }
  return kDone;
}

int run_audit(Session& session, const AuditOptions& options) {
  const client::Reply<std::vector<wire::AuditView>> events = session.client.audit(options.limit);
  if (!events) {
    return report(session, events.error());
  }
  if (events->empty()) {
    session.note("dray: nothing has been changed yet");
  }
  Table table({{"AT"},
               {"USER", false, true},
               {"ACTION"},
               {"STATUS", true},
               {"WHAT", false, true},
               {"REQUEST"}});
  std::vector<std::string> json;
  std::vector<std::string> ids;
  for (const wire::AuditView& event : *events) {
    table.add({{time_text(WallTime{event.at_ms})},
               {event.user.empty() ? "-" : event.user},
               {event.action},
               {std::to_string(event.status), event.status < 300 ? Paint::None : Paint::Bad},
               {event.what},
               {event.request_id}});
    json.push_back(event.json);
    ids.push_back(event.request_id);
  }
  write_things(session, json, ids,
               table.is_empty()
                   ? ""
                   : table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                                session.terminal.color_out));
  return kDone;
}

}  // namespace dray::cli
