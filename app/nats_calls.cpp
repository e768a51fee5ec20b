// SPDX-License-Identifier: MIT
#include "app/nats_calls.hpp"

#include <charconv>
#include <memory>

#include <nats/nats.h>

#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"

namespace tidings {

namespace {

using message = std::unique_ptr<natsMsg, void (*)(natsMsg*)>;

natsStatus make(message& out, const nats_calls::request& x, const char* reply) {
  natsMsg* made = nullptr;
  auto status = natsMsg_Create(&made, x.subject.c_str(), reply, x.data.data(), static_cast<int>(x.data.size()));
  out.reset(made);
  for (auto& [name, value] : x.headers)
    if (status == NATS_OK) status = natsMsgHeader_Set(made, name, value.c_str());
  return status;
}

caf::error failed(natsStatus status, const std::string& subject, std::chrono::milliseconds timeout) {
  switch (status) {
    case NATS_NO_RESPONDERS: return make_error(errc::unavailable, "nobody answers " + subject + ": start nats-server with -js");
    case NATS_TIMEOUT:
      return make_error(errc::outcome_unknown, "no answer from NATS within " + std::to_string(timeout.count()) + " ms; does this user "
                                                 "have the permission to publish to " + subject + '?');
    case NATS_MAX_PAYLOAD: return make_error(errc::payload_too_large, "what goes to " + subject + " is larger than the NATS server takes");
    default: return make_error(errc::unavailable, natsStatus_GetText(status));
  }
}

} // namespace

caf::expected<net::nats_message> nats_calls::ask(const request& x) const {
  message out{nullptr, natsMsg_Destroy};
  auto status = make(out, x, nullptr);
  natsMsg* answer = nullptr;
  if (status == NATS_OK) status = natsConnection_RequestMsg(&answer, nats_.get(), out.get(), timeout_.count());
  if (status != NATS_OK) return failed(status, x.subject, timeout_);
  return net::nats_message{answer};
}

caf::expected<std::vector<net::nats_message>> nats_calls::ask_all(const std::vector<request>& all) const {
  std::vector<net::nats_message> result(all.size());
  if (all.empty()) return result;
  auto inbox = "_INBOX." + make_session_id() + '.';
  natsSubscription* made = nullptr;
  auto status = natsConnection_SubscribeSync(&made, nats_.get(), (inbox + '*').c_str());
  std::unique_ptr<natsSubscription, void (*)(natsSubscription*)> answers{made, natsSubscription_Destroy};
  for (size_t i = 0; i < all.size() && status == NATS_OK; ++i) {
    message out{nullptr, natsMsg_Destroy};
    status = make(out, all[i], (inbox + std::to_string(i)).c_str());
    if (status == NATS_OK) status = natsConnection_PublishMsg(nats_.get(), out.get());
    if (status != NATS_OK) return failed(status, all[i].subject, timeout_);
  }
  for (size_t open = all.size(); open > 0 && status == NATS_OK;) {
    natsMsg* got = nullptr;
    status = natsSubscription_NextMsg(&got, made, timeout_.count());
    if (status != NATS_OK) break;
    net::nats_message answer{got};
    auto nth = answer.subject().substr(inbox.size());
    size_t i = all.size();
    std::from_chars(nth.data(), nth.data() + nth.size(), i);
    if (i >= all.size() || result[i]) continue; // somebody else's, or a second answer
    result[i] = std::move(answer);
    --open;
  }
  if (status != NATS_OK) return failed(status, all.front().subject, timeout_);
  return result;
}

caf::expected<json> nats_calls::api(const std::string& verb, const json& body) const {
  auto answer = ask({net::jetstream::api(verb), {}, body.is_null() ? std::string{} : body.dump()});
  if (!answer) return answer.error();
  auto parsed = net::jetstream::parse_api_answer(answer->data());
  if (!parsed) return parsed.error();
  if (!parsed->error) return std::move(parsed->body);
  return make_error(parsed->error->code == 404 ? errc::not_found : errc::storage_refused, "JetStream: " + parsed->error->description);
}

caf::expected<json> nats_calls::api_list(const std::string& verb, const char* member) const {
  auto result = json::array();
  for (;;) {
    auto page = api(verb, {{"offset", result.size()}});
    if (!page) return page.error();
    auto& part = (*page)[member];
    auto count = part.is_array() ? part.size() : 0;
    for (size_t i = 0; i < count; ++i) result.push_back(std::move(part[i]));
    if (count == 0 || result.size() >= page->value("total", size_t{0})) return result;
  }
}

} // namespace tidings
