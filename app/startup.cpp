// SPDX-License-Identifier: MIT
#include "app/startup.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef TIDINGS_MIMALLOC
#include <mimalloc.h>
#endif

#include "app/builtin_model.hpp"
#include "app/nats_version.hpp"
#include "envelopes/errc.hpp"

namespace tidings::startup {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;

namespace {

caf::error bad(std::string sentence) {
  return make_error(errc::bad_configuration, std::move(sentence));
}

} // namespace

caf::expected<std::vector<model_source>> read_models(const std::vector<std::string>& files) {
  std::vector<model_source> sources;
  for (auto& file : files) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) return bad("cannot read the model file " + file + ": " + std::strerror(errno));
    sources.push_back({text.str(), file});
  }
  if (files.empty()) sources.push_back({std::string{builtin_model}, "the built-in locations model"});
  return sources;
}

caf::expected<catalog_ptr> make_catalog(const std::vector<model_source>& sources) {
  std::vector<model_ptr> models;
  for (auto& source : sources) {
    auto model = load_model(source.text, source.name);
    if (!model) return model.error();
    models.push_back(std::move(*model));
  }
  return catalog::make(std::move(models));
}

namespace {

using reuse_port = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

void bind_and_listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, bool shared, boost::system::error_code& ec) {
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec && shared) acceptor.set_option(reuse_port{true}, ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(4096, ec);
}

} // namespace

caf::expected<std::vector<acceptor_ptr>> listen(const std::vector<std::unique_ptr<boost::asio::io_context>>& loops, const std::string& address) {
  auto colon = address.rfind(':');
  auto wrong = bad("--listen " + address + " is not HOST:PORT, e.g. 127.0.0.1:8080");
  if (colon == std::string::npos) return wrong;
  auto host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  uint16_t port = 0;
  auto digits = std::string_view{address}.substr(colon + 1);
  auto [end, not_a_number] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (not_a_number != std::errc{} || end != digits.data() + digits.size()) return wrong;
  boost::system::error_code ec;
  auto ip = boost::asio::ip::make_address(host, ec);
  if (ec) return wrong;
  tcp::endpoint endpoint{ip, port};
  bool shared = loops.size() > 1;
  if (shared && port != 0) {
    // Sockets that share a port would also share it with another Tidings that was started by mistake.
    tcp::acceptor alone{*loops.front()};
    bind_and_listen(alone, endpoint, false, ec);
  }
  std::vector<acceptor_ptr> result;
  for (size_t i = 0; i < loops.size() && !ec; ++i) {
    result.push_back(std::make_shared<tcp::acceptor>(*loops[i]));
    bind_and_listen(*result.back(), endpoint, shared, ec);
    if (!ec) endpoint = result.back()->local_endpoint(ec); // port 0 is one port for all
  }
  if (ec == boost::asio::error::address_in_use)
    return bad(address + " is in use: stop what listens there, or give another --listen HOST:PORT");
  if (ec) return bad("cannot listen on " + address + ": " + ec.message());
  return result;
}

caf::expected<std::unique_ptr<store_lock>> store_lock::acquire(const std::string& directory) {
  std::error_code ec;
  fs::create_directories(directory, ec);
  if (ec) return bad("cannot make the store " + directory + ": " + ec.message() + "; give another --store DIR");
  int fd = ::open((directory + "/tidings.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return bad("cannot write to the store " + directory + ": " + std::strerror(errno) + "; give another --store DIR");
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return bad("the store " + directory + " is in use by another Tidings; stop that one, or give another --store DIR");
  }
  return std::unique_ptr<store_lock>{new store_lock{fd}};
}

store_lock::~store_lock() {
  ::close(fd_);
}

uint64_t raise_open_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  auto soft = std::exchange(files.rlim_cur, files.rlim_max);
  return ::setrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_max : soft;
}

void prefer_large_pages() {
#ifdef TIDINGS_MIMALLOC
  mi_option_set_enabled_default(mi_option_large_os_pages, true); // MIMALLOC_LARGE_OS_PAGES=0 goes before
#endif
}

caf::error check_nats_server() {
  const char* path = std::getenv("PATH");
  std::istringstream folders{path == nullptr ? "" : path};
  for (std::string folder; std::getline(folders, folder, ':');)
    if (::access((folder + "/nats-server").c_str(), X_OK) == 0) return {};
  return bad("nats-server is not in PATH: install the Debian package nats-server, or give --nats URL of a server that runs");
}

std::string check_durability(durability promise, const std::string& nats) {
  bool embedded = nats == "embedded";
  if (promise != durability::fsync) return refusal_of(promise, embedded, {});
  if (embedded)
    if (auto missing = check_nats_server()) return failure_of(missing).detail;
  auto version = embedded ? nats_version::installed() : nats_version::oldest_of(nats);
  if (!version) return "--durability fsync cannot be checked: " + failure_of(version.error()).detail;
  return refusal_of(promise, embedded, *version);
}

caf::expected<uint16_t> free_port(boost::asio::io_context& io) {
  boost::system::error_code ec;
  tcp::acceptor probe{io};
  probe.open(tcp::v4(), ec);
  if (!ec) probe.bind({boost::asio::ip::address_v4::loopback(), 0}, ec);
  if (ec) return bad("no free port on 127.0.0.1: " + ec.message());
  return probe.local_endpoint().port();
}

} // namespace tidings::startup
