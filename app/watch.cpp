// SPDX-License-Identifier: MIT
#include "app/watch.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "app/gateway_stream.hpp"
#include "app/printable.hpp"
#include "envelopes/json.hpp"
#include "envelopes/shown_url.hpp"
#include "envelopes/token.hpp"
#include "net/sse_parser.hpp"

namespace tidings {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::chrono::milliseconds default_retry{2000};

std::string member(const json& document, const char* name) {
  auto i = document.find(name);
  if (i == document.end() || i->is_null()) return "-";
  return printable(i->is_string() ? i->get<std::string>() : i->dump());
}

void print(const net::sse_message& x, bool as_json) {
  if (as_json) {
    std::cout << x.data << std::endl;
    return;
  }
  auto document = json::parse(x.data, nullptr, false);
  if (!document.is_object()) document = json::object();
  if (x.event == "gap") {
    std::cout << "gap: " << member(document, "reason") << "; fetch again " << member(document, "refetch") << std::endl;
    return;
  }
  std::cout << member(document, "timestamp") << "  " << printable(x.event) << "  " << member(document, "command_type")
            << "  " << member(document, "command_id") << "  " << member(document, "key");
  if (auto error = member(document, "error"); error != "-") std::cout << "  " << error;
  if (x.event == "progress") std::cout << "  " << member(document, "progress");
  std::cout << std::endl;
}

/// @throws when there is none. A token lives shorter than a terminal, so its file is read each time.
std::string read_token(const std::string& file) {
  std::ifstream in{file};
  std::string token;
  std::getline(in, token);
  if (token.ends_with('\r')) token.pop_back();
  if (token.empty() || token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") != std::string::npos)
    throw std::runtime_error{"the file of --token-file, " + file + ", does not hold a token"};
  return token;
}

class watcher {
public:
  watcher(net::fetch_url where, const watch_options& options)
      : where_{std::move(where)}, options_{options}, session_{options.session}, position_{options.last_event_id} {}

  int run();

private:
  enum class end { again, done, refused };

  http::request<http::string_body> request(http::verb verb, const std::string& target) const {
    http::request<http::string_body> result{verb, target, 11};
    result.set(http::field::host, where_.authority);
    result.set(http::field::user_agent, "tidings-watch");
    if (!session_.empty()) result.set("Tidings-Session", session_);
    if (!options_.token_file.empty()) result.set(http::field::authorization, "Bearer " + read_token(options_.token_file));
    return result;
  }

  void make_session();
  end follow();

  net::fetch_url where_;
  const watch_options& options_;
  std::string session_, position_;
  asio::io_context io_;
  bool finished_ = false;
  net::sse_parser parser_{[this](const net::sse_message& x) {
    print(x, options_.as_json);
    finished_ = !options_.command_id.empty() && (x.event == "completed" || x.event == "failed");
  }};
};

void watcher::make_session() {
  gateway_stream socket{io_, where_, options_.ca_file};
  auto ask = request(http::verb::post, "/session");
  ask.set(http::field::connection, "close");
  ask.prepare_payload();
  http::write(socket, ask);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> answer;
  http::read(socket, buffer, answer);
  auto body = json::parse(answer.body(), nullptr, false);
  session_ = body.is_object() ? body.value("session", std::string{}) : std::string{};
  if (!is_token(session_)) throw std::runtime_error{"the gateway gave no session"};
  std::cerr << "session " << session_ << std::endl;
}

watcher::end watcher::follow() {
  gateway_stream socket{io_, where_, options_.ca_file};
  auto ask = request(http::verb::get,
                     options_.command_id.empty() ? "/events" : "/commands/" + options_.command_id + "/events");
  ask.set(http::field::accept, "text/event-stream");
  if (!position_.empty()) ask.set("Last-Event-ID", position_);
  http::write(socket, ask);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> answer;
  answer.body_limit(boost::none);
  http::read_header(socket, buffer, answer);
  auto status = answer.get().result_int();
  if (status == 204) return end::done;
  if (status >= 500) return end::again;
  if (status != 200) {
    std::cerr << "tidings: the gateway answers " << status << (status == 401 ? "; --token-file takes a token of its issuer" : "") << '\n';
    return end::refused;
  }
  parser_.reset();
  char bytes[16 * 1024];
  while (!answer.is_done()) {
    answer.get().body().data = bytes;
    answer.get().body().size = sizeof(bytes);
    boost::system::error_code ec;
    http::read_some(socket, buffer, answer, ec);
    parser_.feed({bytes, sizeof(bytes) - answer.get().body().size});
    if (!parser_.last_event_id().empty()) position_ = parser_.last_event_id();
    if (finished_) return end::done;
    if (ec && ec != http::error::need_buffer) break;
  }
  return end::again;
}

int watcher::run() {
  bool told = false; // of an outage, once
  while (true) {
    try {
      // A command of nobody in particular is watched without a session.
      if (session_.empty() && options_.token_file.empty() && options_.command_id.empty()) make_session();
      auto how = follow();
      if (how == end::done) return 0;
      if (how == end::refused) return 1;
      told = false;
    } catch (const std::exception& e) {
      if (!std::exchange(told, true)) std::cerr << "tidings: " << e.what() << "; trying again\n";
    }
    std::this_thread::sleep_for(parser_.retry().value_or(default_retry));
  }
}

/// Every line is flushed as it is printed, so nothing is lost by ending at once.
extern "C" void end_at_once(int) { ::_exit(0); }

} // namespace

void add_watch_options(CLI::App& verb, watch_options& x) {
  auto token_text =
      CLI::Validator{[](const std::string& text) {
                       return is_token(text) ? std::string{} : "may have 1 to 64 of A-Z, a-z, 0-9, _ and -";
                     },
                     ""};
  verb.add_option("--url", x.url, "The gateway")->envname("TIDINGS_URL")->capture_default_str();
  verb.add_option("--session", x.session, "Whose events; without it a new session is made and printed")
      ->envname("TIDINGS_SESSION")
      ->check(token_text);
  verb.add_option("--token-file", x.token_file, "File with a token of the gateway's issuer, for --auth jwt; read again whenever it connects")
      ->envname("TIDINGS_TOKEN_FILE")
      ->check(CLI::ExistingFile);
  verb.add_option("--ca", x.ca_file, "File with the certificates to trust for https; the system's by default")
      ->envname("TIDINGS_CA")
      ->check(CLI::ExistingFile);
  verb.add_option("--last-event-id", x.last_event_id, "Resume after this event")->check(token_text);
  verb.add_option("--command", x.command_id, "Follow this command only, until its outcome")->check(token_text);
  verb.add_flag("--json", x.as_json, "Print the documents, one a line");
}

int watch(const watch_options& options) {
  auto where = net::parse_fetch_url(options.url);
  if (!where) {
    std::cerr << "tidings: --url " << without_secrets(options.url) << " is not http(s)://HOST:PORT\n";
    return 2;
  }
  try {
    if (!options.token_file.empty()) read_token(options.token_file);
  } catch (const std::exception& e) {
    std::cerr << "tidings: " << e.what() << '\n';
    return 2;
  }
  std::signal(SIGINT, end_at_once);
  std::signal(SIGTERM, end_at_once);
  return watcher{std::move(*where), options}.run();
}

} // namespace tidings
