// SPDX-License-Identifier: MIT
#include "app/nats_version.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <sstream>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "actors/durability.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/json.hpp"
#include "envelopes/shown_url.hpp"

namespace tidings::nats_version {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto patience = 2s;
constexpr size_t longest_greeting = 32 * 1024;

struct address {
  std::string host, port = "4222";
};

/// Of one URL; `[::1]:4222` for IPv6.
address address_of(std::string url) {
  url = without_secrets(url);
  if (auto scheme = url.find("://"); scheme != std::string::npos) url.erase(0, scheme + 3);
  address result;
  auto colon = url.rfind(':');
  if (colon != std::string::npos && url.find(']', colon) == std::string::npos) {
    result.port = url.substr(colon + 1);
    url.resize(colon);
  }
  if (url.size() > 2 && url.front() == '[' && url.back() == ']') url = url.substr(1, url.size() - 2);
  result.host = url;
  return result;
}

/// `INFO {...}`: the first line of every server, also before TLS.
std::string greeting_of(const address& at) {
  asio::io_context io;
  boost::beast::tcp_stream stream{io};
  tcp::resolver resolver{io};
  std::string line;
  std::array<char, 1024> chunk{};
  std::function<void()> read = [&] {
    stream.async_read_some(asio::buffer(chunk), [&](boost::system::error_code ec, size_t size) {
      line.append(chunk.data(), size);
      if (!ec && line.find('\n') == std::string::npos && line.size() < longest_greeting) read();
    });
  };
  stream.expires_after(patience);
  resolver.async_resolve(at.host, at.port, [&](boost::system::error_code ec, const tcp::resolver::results_type& found) {
    if (!ec) stream.async_connect(found, [&](boost::system::error_code failed, const tcp::endpoint&) {
      if (!failed) read();
    });
  });
  io.run_for(2 * patience);
  return line.substr(0, line.find('\n'));
}

} // namespace

caf::expected<std::string> installed() {
  std::unique_ptr<FILE, int (*)(FILE*)> out{::popen("nats-server --version 2>/dev/null", "r"), ::pclose};
  std::array<char, 256> line{};
  if (!out || std::fgets(line.data(), line.size(), out.get()) == nullptr)
    return make_error(errc::bad_configuration, "nats-server --version says nothing");
  std::string text{line.data()};
  return text.substr(0, text.find_last_not_of("\r\n") + 1);
}

caf::expected<std::string> oldest_of(const std::string& urls) {
  std::string result;
  std::optional<server_version> oldest;
  bool any = false;
  std::istringstream rest{urls};
  for (std::string url; std::getline(rest, url, ',');) {
    auto line = greeting_of(address_of(url));
    if (!line.starts_with("INFO ")) continue;
    any = true;
    auto info = json::parse(std::string_view{line}.substr(5), nullptr, false);
    auto text = info.is_object() ? info.value("version", std::string{}) : std::string{};
    auto version = parse_version(text);
    if (!version) return std::string{}; // somebody who does not say
    if (oldest && *oldest <= *version) continue;
    oldest = version;
    result = text;
  }
  if (!any) return make_error(errc::unavailable, "nobody answers at " + without_secrets(urls));
  return result;
}

} // namespace tidings::nats_version
