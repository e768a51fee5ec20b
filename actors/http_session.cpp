// SPDX-License-Identifier: MIT
#include "actors/http_session.hpp"

#include <limits>

#include <spdlog/spdlog.h>

#include "actors/event_stream.hpp"
#include "actors/owner.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "envelopes/problem.hpp"
#include "net/activation.hpp"
#include "net/conditional.hpp"

namespace tidings {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view problem_type = "application/problem+json";
constexpr const char* retry_after = "1";
constexpr std::string_view content_policy =
  "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
  "frame-ancestors 'none'";

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

uint16_t status_of(const command_answer& x, bool asked_for_status) {
  if (asked_for_status) return 200;
  switch (x.status) {
    case outcome_status::completed: return 200;
    case outcome_status::pending: return 202;
    case outcome_status::failed: break;
  }
  return x.code == "dead_lettered" ? 500 : http_status_of_rejection(x.code);
}

} // namespace

std::shared_ptr<const std::vector<std::string>> refetch_list(const catalog& models) {
  auto out = std::make_shared<std::vector<std::string>>();
  for (auto& model : models.models())
    for (auto& [type, spec] : model->queries)
      if (spec.effect == query_effect::list) out->push_back("/queries/" + type);
  return out;
}

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
  call_ = std::make_unique<http_call>(route(request, services_->settings));
  std::visit(
    [this](auto& what) {
      using type = std::decay_t<decltype(what)>;
      if constexpr (std::is_same_v<type, caf::error>) {
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
        answer_model();
      } else if constexpr (std::is_same_v<type, services_request>) {
        self_->request(services_->directory, caf::infinite, start_atom::value).then([this](std::string& services) {
          if (answering_) respond({200, {{"Cache-Control", "no-cache"}}, json_type, std::move(services), nullptr});
        });
      } else if constexpr (std::is_same_v<type, session_request>) {
        answer_session();
      } else if constexpr (std::is_same_v<type, asset_request>) {
        answer_asset(what);
      } else if constexpr (std::is_same_v<type, health_check>) {
        respond({200, {}, json_type, R"({"status":"alive"})", nullptr});
      } else if constexpr (std::is_same_v<type, readiness_check>) {
        self_->request(services_->readiness, caf::infinite, start_atom::value)
          .then([this](const readiness_report& x) { answer_readiness(x); });
      } else if constexpr (std::is_same_v<type, options_check>) {
        respond({204, {{"Allow", what.allow}}, {}, {}, nullptr});
      } else {
        answer_problem(make_error(errc::method_not_allowed, "allowed here: " + what.allow), {{"Allow", what.allow}});
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
  else answer_outcome(x);
}

void http_session_state::answer_outcome(const command_answer& x) {
  net::http_response out;
  bool status_request = std::holds_alternative<attach_command>(call_->what);
  out.status = status_of(x, status_request);
  out.content_type = json_type;
  out.shared_body = x.document;
  out.headers.emplace_back("Cache-Control", "no-store");
  if (x.status == outcome_status::pending) out.headers.emplace_back("Retry-After", retry_after);
  if (out.status == 202) out.headers.emplace_back("Location", "/commands/" + x.command_id);
  // What the client waited for, as browsers show it (W3C Server-Timing).
  auto took = std::chrono::duration<double, std::milli>{std::chrono::steady_clock::now() - since_}.count();
  auto name_of_time = x.status == outcome_status::pending ? "accepted" : "outcome";
  out.headers.emplace_back("Server-Timing", fmt::format("{};dur={:.1f}", name_of_time, took));
  if (call_->preferred) out.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(*call_->preferred));
  respond(std::move(out));
}

void http_session_state::on_query(query_answer& x) {
  if (!answering_ || x.cookie != cookie_) return;
  if (x.error) return answer_problem(x.error);
  if (x.failed_elsewhere) return respond({422, {{"Cache-Control", "no-store"}}, json_type, std::move(x.body), nullptr});
  auto version = std::to_string(x.revision);
  net::entity_tag current{version};
  net::http_response out;
  bool versioned = x.revision > 0; // what a service elsewhere answers has no revision
  if (versioned) out.headers.emplace_back("ETag", net::render_etag(current));
  out.headers.emplace_back("Cache-Control", "no-cache");
  if (x.stale) out.headers.emplace_back("Tidings-Stale", "true");
  if (versioned && net::none_match_fails(call_->if_none_match, current)) {
    out.status = 304;
  } else {
    out.content_type = json_type;
    out.body = std::move(x.body);
  }
  respond(std::move(out));
}

void http_session_state::answer_readiness(const readiness_report& x) {
  if (!answering_) return;
  json parts = json::object();
  for (auto& part : x.parts) parts[part.name] = part.ready ? json{{"ready", true}} : json{{"ready", false}, {"detail", part.detail}};
  net::http_response out;
  out.status = x.ready ? 200 : 503;
  out.content_type = json_type;
  out.body = dump({{"ready", x.ready}, {"parts", std::move(parts)}});
  out.headers.emplace_back("Cache-Control", "no-store");
  if (!x.ready) out.headers.emplace_back("Retry-After", retry_after);
  respond(std::move(out));
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
  auto order = std::make_shared<event_stream_order>(event_stream_order{
    connection_, services_->gateway, services_->hub, services_->commands, services_->queries, self_, cookie_, *x.owner,
    std::move(x.command_id), x.query ? std::make_unique<ask_query>(std::move(*x.query)) : nullptr, std::move(x.last_event_id),
    services_->refetch});
  if (order->command_id) stream_ = self_->spawn(command_events, std::move(order));
  else if (order->query) stream_ = self_->spawn(live_query, std::move(order));
  else {
    stream_ = self_->spawn(owner_events, std::move(order));
    streams_owner_ = true;
  }
}

void http_session_state::answer_model() {
  json models = json::array();
  for (auto& model : services_->settings.models->models()) models.push_back(model->source);
  respond({200, {{"Cache-Control", "no-cache"}}, json_type, dump({{"models", std::move(models)}, {"demo", services_->settings.demo}}), nullptr});
}

void http_session_state::answer_session() {
  auto session = make_session_id();
  respond({201, {{"Cache-Control", "no-store"}, {"Set-Cookie", render_session_cookie(session)}}, json_type, dump({{"session", session}}), nullptr});
}

void http_session_state::answer_asset(const asset_request& x) {
  net::http_response out;
  net::entity_tag current{x.file->etag};
  out.headers = {{"ETag", net::render_etag(current)},
                 {"Cache-Control", "no-cache"},
                 {"X-Content-Type-Options", "nosniff"},
                 {"Referrer-Policy", "no-referrer"},
                 {"Content-Security-Policy", std::string{content_policy}}};
  if (x.gives_session) out.headers.emplace_back("Set-Cookie", render_session_cookie(make_session_id()));
  if (net::none_match_fails(call_->if_none_match, current)) {
    out.status = 304;
  } else {
    out.content_type = x.file->type;
    out.shared_body = x.file->content;
  }
  respond(std::move(out));
}

void http_session_state::answer_problem(const caf::error& why, std::vector<std::pair<std::string_view, std::string>> headers) {
  net::http_response out;
  auto code = code_of(why);
  out.status = http_status_of(code);
  out.content_type = problem_type;
  out.body = render_problem(why, path_, call_->trace_id);
  out.headers = std::move(headers);
  if (worth_retrying(code)) out.headers.emplace_back("Retry-After", retry_after);
  // An unknown outcome can be asked for.
  if (code == errc::outcome_unknown && !command_id_.empty()) out.headers.emplace_back("Location", "/commands/" + command_id_);
  respond(std::move(out));
}

void http_session_state::respond(net::http_response x) {
  answering_ = false;
  if (connection_) connection_->respond(std::move(x));
}

http_session_actor::behavior_type http_session(http_session_ptr self, std::shared_ptr<const http_services> services,
                                               std::shared_ptr<void> permit,
                                               caf::typed_actor<caf::reacts_to<session_opened>> listener) {
  self->state.init(std::move(services), std::move(permit), std::move(listener));
  return {
    [self](adopt_socket& x) { self->state.adopt(x); },
    [self](const command_answer& x) { self->state.on_command(x); },
    [self](query_answer& x) { self->state.on_query(x); },
    [self](drain_atom) { self->state.drain(); },
    [self](stop_atom) { self->state.stop(); },
  };
}

} // namespace tidings
