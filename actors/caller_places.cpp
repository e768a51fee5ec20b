// SPDX-License-Identifier: MIT
#include "actors/caller_places.hpp"

#include "actors/owner.hpp"
#include "envelopes/errc.hpp"

namespace tidings {

caf::expected<std::shared_ptr<void>> caller_places::take(const http_call& call, const std::string& peer) {
  places* of = nullptr;
  const char* what = "";
  if (auto* events = std::get_if<events_request>(&call.what)) {
    of = events->query ? &live_queries : &streams;
    what = events->query ? "live queries are open (--max-live-queries-per-owner)" : "event streams are open (--max-streams-per-owner)";
  } else {
    auto* command = std::get_if<submit_command>(&call.what);
    auto* status = std::get_if<attach_command>(&call.what);
    // A query that waits for a command holds as much as whoever waits for it directly.
    bool stays = (command != nullptr && command->wait.count() > 0) || (status != nullptr && status->wait.count() > 0) || (call.after && call.after->patience.count() > 0);
    if (!stays) return std::shared_ptr<void>{};
    of = &waits;
    what = "commands are waited for (--max-waits-per-owner)";
  }
  if (!of->limited()) return std::shared_ptr<void>{};
  // Everybody without a session has the same owner.
  bool known = call.who && call.who->owner != public_owner();
  auto place = of->take(known ? call.who->owner.str() : peer);
  if (!place) return make_error(errc::too_many_requests, std::string{"too many of your "} + what + "; end one first");
  return place;
}

} // namespace tidings
