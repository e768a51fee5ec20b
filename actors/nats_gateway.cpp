// SPDX-License-Identifier: MIT
#include "actors/nats_gateway.hpp"

#include <algorithm>
#include <charconv>

#include <spdlog/spdlog.h>

#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "envelopes/subjects.hpp"
#include "net/activation.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

// How late a timeout may be noticed.
constexpr auto tick = 50ms;

constexpr std::string_view services_inbox = ".s";

constexpr const char* extend_header = "Tidings-Extend-Ms";
constexpr milliseconds longest_extension{600'000};

} // namespace

void nats_gateway_state::init(boost::asio::io_context& io, net::nats_options options, readiness_actor readiness, metrics_ptr counts) {
  readiness_ = std::move(readiness);
  counts_ = std::move(counts);
  inbox_ = "_INBOX." + make_session_id();
  connection_ = std::make_unique<net::nats_connection>(
    io, std::move(options),
    net::nats_connection::events{
      [self = self_] { net::activate(self, [self] { self->state.on_readable(); }); },
      [self = self_](bool up) { net::activate(self, [self, up] { self->state.on_connected(up); }); },
      [counts = counts_](std::string what) {
        ++counts->nats_troubles;
        spdlog::warn("NATS: {}", what);
      },
      [self = self_] { net::activate(self, [self] { self->state.on_gone(); }); }});
  self_->send(readiness_, component_state{"nats", false, "not connected yet"});
}

void nats_gateway_state::start() {
  if (auto err = connection_->connect()) {
    spdlog::critical("{}", failure_of(err).detail);
    self_->quit(err);
  }
}

void nats_gateway_state::on_gone() {
  inbox_sub_.reset();
  services_sub_.reset();
  for (auto& [key, sub] : subscriptions_) sub.handle.reset();
}

void nats_gateway_state::on_connected(bool up) {
  if (up && !inbox_sub_) {
    auto sub = connection_->subscribe(inbox_ + ".*.*", {});
    if (!sub) {
      spdlog::error("{}", failure_of(sub.error()).detail);
      return;
    }
    auto services = connection_->call_back(inbox_ + std::string{services_inbox} + ".*.*", [self = self_](net::nats_message msg) {
      net::activate(self, [&] { self->state.on_inbox(msg); });
    });
    if (!services) {
      spdlog::error("{}", failure_of(services.error()).detail);
      return;
    }
    inbox_sub_ = std::move(*sub);
    services_sub_ = std::move(*services);
  }
  if (up)
    for (auto& [key, sub] : subscriptions_)
      if (!sub.handle) open_subscription(sub);
  if (up == connected_) return;
  counts_->connected = connected_ = up;
  congested_ = false;
  if (!up) held_.clear(); // acknowledgements: a lost one is a redelivery
  ++(up ? counts_->connects : counts_->disconnects);
  spdlog::info("NATS: {}", up ? "connected" : "disconnected");
  // A publish that was open when the connection broke never gets its answer: nobody need wait for the timeout.
  if (!up) {
    auto lost = make_error(errc::outcome_unknown, "the connection to NATS broke before the answer came");
    for (size_t slot = 0; slot < open_.size(); ++slot)
      if (open_[slot].listener.index() != 0) fail(release(slot), lost);
    check_drained();
  }
  self_->send(readiness_, component_state{"nats", up, up ? "" : "disconnected, reconnecting"});
  for (auto& follower : followers_) self_->send(follower, connection_change{up, connection_->max_payload()});
}

void nats_gateway_state::on_follow(const follow_connection& x) {
  followers_.push_back(x.listener);
  self_->send(x.listener, connection_change{connected_, connection_->max_payload()});
}

// ---- Calls ---------------------------------------------------------------------------------------------------------

void nats_gateway_state::on_publish(publish& x) {
  auto cookie = x.cookie;
  auto listener = x.listener;
  auto err = call({}, x.what->subject, x.what->headers, x.what->data, x.timeout, open_call{std::move(x.listener), cookie, 0, {}});
  if (err) self_->send(listener, published{cookie, std::move(err), 0, false});
}

void nats_gateway_state::on_request(nats_request& x) {
  auto cookie = x.cookie;
  auto listener = x.listener;
  // Reading from a stream is the common case, and JetStream is there.
  auto inbox = std::string_view{x.subject}.starts_with("$JS.API.DIRECT.") ? std::string_view{} : services_inbox;
  auto err = call(inbox, x.subject, x.headers, x.data, x.timeout, open_call{std::move(x.listener), cookie, 0, {}, x.wants_progress});
  if (err) self_->send(listener, nats_reply{cookie, std::move(err), {}});
}

caf::error nats_gateway_state::call(std::string_view inbox, const std::string& subject, const net::nats_headers& headers,
                                    const std::string& data, milliseconds timeout, open_call what) {
  if (draining_) return make_error(errc::shutting_down, "stopping");
  if (!connected_ || !inbox_sub_) return make_error(errc::unavailable, "not connected to NATS");
  if (open_count_ >= max_open || congested_) {
    counts_->refused(refusal::nats);
    return make_error(errc::overloaded, congested_ ? "NATS does not take as fast as we send" : "too many NATS requests are open");
  }
  size_t slot;
  if (free_.empty()) {
    slot = open_.size();
    open_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  send_held();
  auto generation = open_[slot].generation;
  auto reply = inbox_ + std::string{inbox} + '.' + std::to_string(slot) + '.' + std::to_string(generation);
  if (auto err = connection_->publish(subject, reply, headers, data)) {
    free_.push_back(slot);
    return err;
  }
  what.generation = generation;
  what.due = self_->clock().now() + timeout;
  open_[slot] = std::move(what);
  counts_->open_calls = ++open_count_;
  keep_ticking();
  return {};
}

void nats_gateway_state::keep_ticking() {
  if (std::exchange(ticking_, true)) return;
  self_->delayed_send(self_, tick, tick_atom::value);
}

nats_gateway_state::open_call nats_gateway_state::release(size_t slot) {
  auto call = std::exchange(open_[slot], open_call{});
  open_[slot].generation = call.generation + 1; // a late answer to the old call must not reach the next one
  free_.push_back(slot);
  counts_->open_calls = --open_count_;
  return call;
}

void nats_gateway_state::on_inbox(const net::nats_message& msg) {
  auto numbers = msg.subject().substr(inbox_.size());
  if (numbers.starts_with(services_inbox)) numbers.remove_prefix(services_inbox.size());
  numbers.remove_prefix(1);
  size_t slot = 0;
  uint32_t generation = 0;
  auto end = numbers.data() + numbers.size();
  auto [dot, ec] = std::from_chars(numbers.data(), end, slot);
  if (ec != std::errc{} || dot == end) return;
  std::from_chars(dot + 1, end, generation);
  if (slot >= open_.size() || open_[slot].generation != generation || open_[slot].listener.index() == 0) return;
  if (!extends(open_[slot], msg)) answer(release(slot), msg);
}

bool nats_gateway_state::extends(open_call& call, const net::nats_message& msg) {
  // Whoever answers may ask for more time first: a message with this header is not the answer (docs/handlers.md).
  auto* to = std::get_if<reply_listener>(&call.listener);
  if (!to) return false;
  auto text = msg.header(extend_header);
  int64_t more = 0;
  auto [last, bad] = std::from_chars(text.data(), text.data() + text.size(), more);
  if (text.empty() || bad != std::errc{} || last != text.data() + text.size() || more <= 0) return false;
  call.due = self_->clock().now() + std::min(milliseconds{more}, longest_extension);
  if (call.wants_progress && !msg.data().empty()) self_->send(*to, nats_reply{call.cookie, {}, msg, true});
  return true;
}

void nats_gateway_state::answer(open_call call, const net::nats_message& msg) {
  if (msg.status() == 503) return fail(std::move(call), make_error(errc::no_handler, "no responders"));
  if (auto* to = std::get_if<reply_listener>(&call.listener)) {
    self_->send(*to, nats_reply{call.cookie, {}, msg});
    return;
  }
  auto ack = net::jetstream::parse_pub_ack(msg.data());
  if (!ack) return fail(std::move(call), ack.error());
  self_->send(std::get<publish_listener>(call.listener), published{call.cookie, {}, ack->sequence, ack->duplicate});
}

void nats_gateway_state::fail(open_call call, const caf::error& why) {
  if (auto* to = std::get_if<reply_listener>(&call.listener)) {
    self_->send(*to, nats_reply{call.cookie, why, {}});
    return;
  }
  // Nobody listens on the stream's subject, so nobody stored it.
  auto err = code_of(why) == errc::no_handler ? make_error(errc::unavailable, "JetStream does not answer") : why;
  self_->send(std::get<publish_listener>(call.listener), published{call.cookie, std::move(err), 0, false});
}

void nats_gateway_state::on_tick() {
  send_held();
  auto now = self_->clock().now();
  for (size_t slot = 0; slot < open_.size(); ++slot) {
    auto& x = open_[slot];
    if (x.listener.index() == 0 || x.due > now) continue;
    auto overdue = release(slot);
    auto code = std::holds_alternative<reply_listener>(overdue.listener) ? errc::handler_timeout : errc::outcome_unknown;
    fail(std::move(overdue), make_error(code, "no answer from NATS in time"));
  }
  congested_ = connected_ && static_cast<size_t>(connection_->buffered()) > max_unsent;
  check_drained();
  ticking_ = open_count_ > 0 || congested_ || drain_promise_.pending();
  if (ticking_) self_->delayed_send(self_, tick, tick_atom::value);
}

void nats_gateway_state::on_emit(emit& x) {
  if (!x.may_wait) {
    send_held();
    return send(x);
  }
  held_.push_back(std::move(x));
  keep_ticking();
}

void nats_gateway_state::send_held() {
  for (auto& x : held_) send(x);
  held_.clear();
}

void nats_gateway_state::send(const emit& x) {
  // Whoever waits for it has a deadline of its own; an acknowledgement that is lost is a redelivery.
  if (auto err = connection_->publish(x.subject, x.reply, x.headers, x.data))
    spdlog::debug("NATS: {} not sent: {}", x.subject, failure_of(err).detail);
}

// ---- Shutdown ------------------------------------------------------------------------------------------------------

caf::result<bool> nats_gateway_state::drain() {
  draining_ = true;
  send_held();
  drain_promise_ = self_->make_response_promise<bool>();
  keep_ticking();
  auto promise = drain_promise_;
  check_drained();
  return promise;
}

void nats_gateway_state::check_drained() {
  if (!draining_ || !drain_promise_.pending()) return;
  if (open_count_ == 0 && (!connected_ || connection_->buffered() == 0)) drain_promise_.deliver(true);
}

nats_gateway_actor::behavior_type nats_gateway(nats_gateway_ptr self, boost::asio::io_context* io,
                                               net::nats_options options, readiness_actor readiness, metrics_ptr counts) {
  self->state.init(*io, std::move(options), std::move(readiness), std::move(counts));
  return {
    // CAF tries them in turn: first what comes with every command.
    [self](publish& x) { self->state.on_publish(x); },
    [self](emit& x) { self->state.on_emit(x); },
    [self](nats_request& x) { self->state.on_request(x); },
    [self](start_atom) { self->state.start(); },
    [self](subscribe& x) { self->state.on_subscribe(x); },
    [self](const unsubscribe& x) { self->state.on_unsubscribe(x); },
    [self](const follow_connection& x) { self->state.on_follow(x); },
    [self](drain_atom) { return self->state.drain(); },
    [self](beat_atom) { self->state.hand_over(); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
