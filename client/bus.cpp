// SPDX-License-Identifier: MIT
#include "client/bus.hpp"

#include <algorithm>
#include <thread>

#include <nats/nats.h>

#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "envelopes/requests.hpp"
#include "envelopes/response.hpp"
#include "envelopes/shown_url.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"
#include "net/nats_login.hpp"
#include "net/nats_servers.hpp"

namespace tidings::client {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto connect_timeout = 2000ms;
// A pending answer says how far the command is: asking in slices is what makes progress visible.
constexpr milliseconds slice{1000};
// Tidings answers *pending* at the deadline we name; that answer needs time to travel.
constexpr auto travel_time = 500ms;
// A service that says *pending* at once must not be asked in a tight loop.
constexpr auto pause_between = 100ms;
constexpr const char* timeout_header = "Tidings-Timeout-Ms";

struct free_message {
  void operator()(natsMsg* x) const noexcept { natsMsg_Destroy(x); }
};
using message = std::unique_ptr<natsMsg, free_message>;

/// One request: `told` is the deadline the service is told, `wait` how long we listen.
caf::expected<std::string> ask(const connection& nats, const std::string& subject, const std::string& data,
                               milliseconds told, milliseconds wait, const std::string& too_late) {
  natsMsg* raw = nullptr;
  auto status = natsMsg_Create(&raw, subject.c_str(), nullptr, data.data(), static_cast<int>(data.size()));
  message request{raw};
  if (status == NATS_OK) status = natsMsgHeader_Set(raw, timeout_header, std::to_string(told.count()).c_str());
  natsMsg* answered = nullptr;
  if (status == NATS_OK) status = natsConnection_RequestMsg(&answered, nats.get(), raw, wait.count());
  message reply{answered};
  switch (status) {
  case NATS_OK: break;
  case NATS_NO_RESPONDERS: return make_error(errc::no_handler, "No handler available for " + subject);
  case NATS_TIMEOUT: return make_error(errc::handler_timeout, too_late);
  case NATS_MAX_PAYLOAD: return make_error(errc::payload_too_large, "the request is larger than the NATS server takes");
  default: return make_error(errc::unavailable, natsStatus_GetText(status));
  }
  return std::string{natsMsg_GetData(answered), static_cast<size_t>(std::max(0, natsMsg_GetDataLength(answered)))};
}

caf::expected<answer> read(std::string text, const std::string& subject) {
  auto body = json::parse(text, nullptr, false);
  // A stream that captures the subject answers with its acknowledgement.
  if (body.is_object() && body.contains("stream") && body.contains("seq") && !body.contains("success"))
    return make_error(errc::subject_captured,
                      "a JetStream stream captures " + subject + "; nobody handled the request");
  auto envelope = parse_response(text);
  if (!envelope) return envelope.error();
  answer result;
  result.id = std::move(envelope->id);
  if (envelope->success) result.status = *envelope->success ? outcome_status::completed : outcome_status::failed;
  if (auto i = body.find("code"); i != body.end() && i->is_string()) result.code = *i;
  result.error = envelope->error.value_or(std::string{});
  result.document = std::move(text);
  return result;
}

milliseconds until(steady::time_point deadline) {
  return std::max(0ms, std::chrono::ceil<milliseconds>(deadline - steady::now()));
}

} // namespace

caf::expected<connection> connect(const std::string& url, std::shared_ptr<net::nats_login> login) {
  natsOptions* raw = nullptr;
  auto status = natsOptions_Create(&raw);
  std::unique_ptr<natsOptions, void (*)(natsOptions*)> options{raw, natsOptions_Destroy};
  if (status == NATS_OK) status = net::set_servers(raw, url);
  if (status == NATS_OK) status = natsOptions_SetName(raw, "tidings client");
  // What waits for an answer anyway gains nothing by being gathered for a millisecond.
  if (status == NATS_OK) status = natsOptions_SetSendAsap(raw, true);
  if (status == NATS_OK) status = natsOptions_SetTimeout(raw, connect_timeout.count());
  if (status == NATS_OK && login)
    if (auto err = login->apply(raw)) return err;
  natsConnection* nats = nullptr;
  if (status == NATS_OK) status = natsConnection_Connect(&nats, raw);
  if (status != NATS_OK)
    return make_error(errc::unavailable, "cannot connect to " + without_secrets(url) + ": " + natsStatus_GetText(status));
  // nats.c asks the login again when it reconnects.
  return connection{nats, [login = std::move(login)](natsConnection* x) { natsConnection_Destroy(x); }};
}

command_bus::command_bus(connection nats, milliseconds timeout, std::string service_id)
    : nats_{std::move(nats)}, timeout_{timeout}, service_id_{std::move(service_id)} {}

command_bus command_bus::with_timeout(milliseconds timeout) const {
  auto copy = *this;
  copy.timeout_ = timeout;
  return copy;
}

command_bus command_bus::on_pending(std::function<void(const answer&)> listener) const {
  auto copy = *this;
  copy.pending_ = std::move(listener);
  return copy;
}

caf::expected<answer> command_bus::execute(const std::string& type, const json& payload, std::string id) const {
  auto name = token::admit(type, "command type");
  if (!name) return name.error();
  if (id.empty()) id = make_command_id();
  auto data = to_json(command_request{type, id, service_id_, now_rfc3339(), payload});
  auto subject = subjects::command_bus(*name);
  auto too_late = "Command request timeout after " + std::to_string(timeout_.count()) + "ms";
  auto deadline = steady::now() + timeout_;
  for (;;) {
    auto left = until(deadline);
    auto text = ask(nats_, subject, data, std::min(left, slice), left + travel_time, too_late);
    if (!text) return text.error();
    auto result = read(std::move(*text), subject);
    if (!result || result->status != outcome_status::pending) return result;
    if (pending_) pending_(*result);
    if (until(deadline) <= pause_between) return result;
    std::this_thread::sleep_for(pause_between);
  }
}

query_bus::query_bus(connection nats, milliseconds timeout, std::string service_id)
    : nats_{std::move(nats)}, timeout_{timeout}, service_id_{std::move(service_id)} {}

query_bus query_bus::with_timeout(milliseconds timeout) const {
  auto copy = *this;
  copy.timeout_ = timeout;
  return copy;
}

caf::expected<answer> query_bus::execute(const std::string& type, const json& payload) const {
  auto name = token::admit(type, "query type");
  if (!name) return name.error();
  auto data = to_json(query_request{type, make_query_id(), service_id_, now_rfc3339(), payload});
  auto subject = subjects::query_bus(*name);
  auto text = ask(nats_, subject, data, timeout_, timeout_ + travel_time,
                  "Query request timeout after " + std::to_string(timeout_.count()) + "ms");
  if (!text) return text.error();
  return read(std::move(*text), subject);
}

} // namespace tidings::client
