// SPDX-License-Identifier: MIT
#include "actors/http_session.hpp"

#include <limits>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/event_stream.hpp"
#include "actors/http_answers.hpp"
#include "actors/metrics_page.hpp"
#include "envelopes/errc.hpp"
#include "net/activation.hpp"

namespace tidings {

namespace {

/// Turns the connection's calls into activations of the session. Holds the session alive until the socket is closed.
class session_handler : public net::http_handler {
public:
  explicit session_handler(http_session_ptr self) : self_{self}, alive_{self} {}

  void on_request(net::http_request request) override {
    net::activate(self_, [&] { self_->state.on_request(request); });
  }
  void on_bad_request(caf::error why, std::string path) override {
    net::activate(self_, [&] { self_->state.on_bad_request(why, std::move(path)); });
  }
  void on_peer_closed() override {
    net::activate(self_, [&] { self_->state.on_peer_closed(); });
  }
  void on_drained() override {
    net::activate(self_, [&] { self_->state.on_drained(); });
  }
  void on_closed() override {
    net::activate(self_, [&] { self_->state.on_closed(); });
  }

private:
  http_session_ptr self_;
  http_session_actor alive_;
};

} // namespace

http_session_state::~http_session_state() {
  if (connection_) connection_->abort();
}

void http_session_state::init(std::shared_ptr<const http_services> services, std::shared_ptr<void> permit,
                              caf::typed_actor<caf::reacts_to<session_opened>> listener) {
  services_ = std::move(services);
  permit_ = std::move(permit);
  listener_ = std::move(listener);
}

void http_session_state::adopt(adopt_socket& x) {
  peer_ = std::move(x.peer);
  connection_ = net::http_connection::make(std::move(*x.socket), x.limits, std::make_shared<session_handler>(self_));
  self_->send(listener_, session_opened{connection_});
  connection_->start();
}

// ---- Requests ------------------------------------------------------------------------------------------------------

void http_session_state::on_request(net::http_request& request) {
  ++cookie_;
  answering_ = true;
  command_id_.clear();
  stream_ = nullptr;
  path_ = request.path;
  spdlog::debug("{} {}", request.method, path_);
  since_ = std::chrono::steady_clock::now();
  request.peer = peer_;
  connection_->decorate(http_edge::cors(request, services_->settings.edge));
  call_ = std::make_unique<http_call>(route(request, services_->settings));
  if (!wait_for_keys(request)) perform();
}

bool http_session_state::wait_for_keys(net::http_request& request) {
  auto* why = std::get_if<caf::error>(&call_->what);
  if (why == nullptr || code_of(*why) != errc::unauthorized) return false;
  bool waits = services_->settings.door->wait_for_keys(request, [raw = self_, alive = http_session_actor{self_}, cookie = cookie_] {
    net::activate(raw, [&] {
      auto& self = raw->state;
      if (!self.answering_ || cookie != self.cookie_) return;
      auto held = std::exchange(self.held_, nullptr);
      self.call_ = std::make_unique<http_call>(route(*held, self.services_->settings));
      self.perform();
    });
  });
  if (waits) held_ = std::make_unique<net::http_request>(std::move(request));
  return waits;
}

bool http_session_state::take_place() {
  if (!services_->places) return true;
  auto place = services_->places->take(*call_, peer_);
  if (place) place_ = std::move(*place);
  else answer_problem(place.error());
  return static_cast<bool>(place);
}

void http_session_state::perform() {
  route_ = class_of(*call_);
  if (!take_place()) return;
  std::visit(
    [this](auto& what) {
      using type = std::decay_t<decltype(what)>;
      if constexpr (std::is_same_v<type, caf::error>) {
        if (code_of(what) == errc::too_many_requests) services_->counts->refused(refusal::rate);
        answer_problem(what);
      } else if constexpr (std::is_same_v<type, submit_command>) {
        command_id_ = what.command_id;
        what.listener = self_;
        what.cookie = cookie_;
        self_->send(services_->commands, std::move(what));
      } else if constexpr (std::is_same_v<type, attach_command>) {
        command_id_ = what.command_id->str();
        what.listener = self_;
        what.cookie = cookie_;
        self_->send(services_->commands, what);
      } else if constexpr (std::is_same_v<type, ask_query>) {
        if (!call_->after) return ask(what);
        attach_command first{call_->after->command_id, call_->after->owner, call_->after->patience, self_, cookie_};
        self_->send(services_->commands, std::move(first));
      } else if constexpr (std::is_same_v<type, events_request>) {
        start_stream(what);
      } else if constexpr (std::is_same_v<type, model_request>) {
        respond(http_answers::models(services_->settings));
      } else if constexpr (std::is_same_v<type, services_request>) {
        self_->request(services_->directory, caf::infinite, start_atom::value).then([this](std::string& services) {
          if (answering_) respond(http_answers::json_text(200, std::move(services), "no-cache"));
        });
      } else if constexpr (std::is_same_v<type, session_request>) {
        respond(http_answers::new_session(services_->settings));
      } else if constexpr (std::is_same_v<type, ticket_request>) {
        auto ticket = services_->settings.door->issue_ticket(*call_->who);
        if (ticket) return respond(http_answers::new_ticket(*ticket));
        services_->counts->refused(refusal::tickets);
        answer_problem(ticket.error());
      } else if constexpr (std::is_same_v<type, asset_request>) {
        respond(http_answers::asset(what, services_->settings, call_->if_none_match));
      } else if constexpr (std::is_same_v<type, health_check>) {
        respond(http_answers::json_text(200, R"({"status":"alive"})", {}));
      } else if constexpr (std::is_same_v<type, readiness_check>) {
        self_->request(services_->readiness, caf::infinite, start_atom::value)
          .then([this](const readiness_report& x) { if (answering_) respond(http_answers::readiness(x)); });
      } else if constexpr (std::is_same_v<type, metrics_request>) {
        if (!services_->reporter) return respond(http_answers::metrics(render_metrics(*services_->counts)));
        self_->request(services_->reporter, caf::infinite, count_atom::value).then([this](std::string& page) {
          if (answering_) respond(http_answers::metrics(std::move(page)));
        });
      } else if constexpr (std::is_same_v<type, preflight_check>) {
        respond(http_edge::preflight_answer());
      } else if constexpr (std::is_same_v<type, options_check>) {
        respond({204, {{"Allow", what.allow}}, {}, {}, nullptr});
      } else {
        answer_problem(make_error(errc::method_not_allowed, "allowed here: " + what.allow), what.allow);
      }
    },
    call_->what);
  if (streams_owner_) release_request();
}

void http_session_state::release_request() {
  // A stream of an owner never hands its answer back, and may idle for days among thousands.
  answering_ = false;
  call_.reset();
  path_ = {};
}

void http_session_state::on_bad_request(const caf::error& why, std::string path) {
  ++cookie_;
  answering_ = true;
  call_ = std::make_unique<http_call>();
  route_ = route_class::other;
  path_ = std::move(path);
  answer_problem(why);
}

void http_session_state::on_peer_closed() {
  if (stream_) return connection_->abort(); // nobody reads it any more
  // The wait ends, the command goes on; a client that only closed its sending side still reads "pending".
  if (answering_ && !command_id_.empty()) self_->send(services_->hub, abandon_wait{command_id_, self_->address()});
}

void http_session_state::on_drained() {
  if (stream_) self_->send(stream_, tick_atom::value);
}

void http_session_state::on_closed() {
  if (stream_) self_->send_exit(stream_, caf::exit_reason::user_shutdown);
  if (connection_ && connection_->was_cut()) ++services_->counts->connections_cut;
  connection_.reset();
  self_->quit();
}

void http_session_state::drain() {
  if (connection_) connection_->drain();
}

void http_session_state::stop() {
  if (connection_) connection_->abort();
}

// ---- Answers -------------------------------------------------------------------------------------------------------

void http_session_state::on_command(const command_answer& x) {
  if (!answering_ || x.cookie != cookie_) return;
  if (call_->after) on_after_command(x);
  else if (x.error) answer_problem(x.error);
  else respond(http_answers::outcome(x, *call_, std::chrono::steady_clock::now() - since_));
}

void http_session_state::on_query(query_answer& x) {
  if (!answering_ || x.cookie != cookie_) return;
  if (x.error) return answer_problem(x.error);
  respond(http_answers::query(x, call_->if_none_match));
}

// ---- Queries that wait, and streams --------------------------------------------------------------------------------

void http_session_state::ask(ask_query& x) {
  x.listener = self_;
  x.cookie = cookie_;
  self_->send(services_->queries, std::move(x));
}

void http_session_state::on_after_command(const command_answer& x) {
  auto& query = std::get<ask_query>(call_->what);
  auto after = *std::exchange(call_->after, std::nullopt);
  if (x.error) return answer_problem(x.error);
  if (x.status == outcome_status::failed) return ask(query); // it wrote nothing
  query.stale_allowed = after.stale_allowed;
  if (x.status == outcome_status::completed) {
    auto outcome = parse_outcome(*x.document);
    auto model = outcome ? services_->settings.models->find_command(outcome->command_type).model : nullptr;
    if (!model || !outcome->key || !outcome->revision) return ask(query);
    auto waited = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - since_);
    query.after = written_revision{model->bucket.str(), *outcome->key, *outcome->revision};
    query.patience = std::max(after.patience - waited, milliseconds{0});
    return ask(query);
  }
  if (!after.stale_allowed)
    return answer_problem(make_error(errc::not_visible_yet, "the command is still pending; ask again, or allow a stale answer"));
  // No write has this revision yet, so the read model answers at once with what it has, and says so.
  query.after = written_revision{services_->settings.models->find_query(query.query_type).model
                                   ? services_->settings.models->find_query(query.query_type).model->bucket.str()
                                   : std::string{},
                                 {}, std::numeric_limits<uint64_t>::max()};
  ask(query);
}

void http_session_state::start_stream(events_request& x) {
  if (call_->who && call_->who->ends) {
    // The stream's clock does not jump when somebody sets the time.
    auto left = *call_->who->ends - std::chrono::system_clock::now();
    connection_->end_stream_at(std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(left));
  }
  auto order = std::make_shared<event_stream_order>(event_stream_order{
    connection_, services_->hub, services_->commands, services_->queries, self_, cookie_, *x.owner,
    std::move(x.command_id), x.query ? std::make_unique<ask_query>(std::move(*x.query)) : nullptr, std::move(x.last_event_id),
    services_->refetch, services_->counts, std::move(place_)});
  if (order->command_id) stream_ = self_->spawn(command_events, std::move(order));
  else if (order->query) stream_ = self_->spawn(live_query, std::move(order));
  else {
    stream_ = self_->spawn(owner_events, std::move(order));
    streams_owner_ = true;
  }
}

void http_session_state::answer_problem(const caf::error& why, std::string allow) {
  auto out = http_answers::problem(why, path_, call_->trace_id, command_id_);
  if (!allow.empty()) out.headers.emplace_back("Allow", std::move(allow));
  if (!call_->challenge.empty()) out.headers.emplace_back("WWW-Authenticate", call_->challenge);
  respond(std::move(out));
}

void http_session_state::respond(net::http_response x) {
  answering_ = false;
  place_.reset();
  services_->counts->answered(route_, x.status);
  if (connection_) connection_->respond(std::move(x));
}

http_session_actor::behavior_type http_session(http_session_ptr self, std::shared_ptr<const http_services> services,
                                               std::shared_ptr<void> permit,
                                               caf::typed_actor<caf::reacts_to<session_opened>> listener) {
  self->state.init(std::move(services), std::move(permit), std::move(listener));
  return {
    // CAF tries them in turn: first what comes with every command.
    [self](const command_answer& x) { self->state.on_command(x); },
    [self](query_answer& x) { self->state.on_query(x); },
    [self](adopt_socket& x) { self->state.adopt(x); },
    [self](drain_atom) { self->state.drain(); },
    [self](stop_atom) { self->state.stop(); },
  };
}

} // namespace tidings
