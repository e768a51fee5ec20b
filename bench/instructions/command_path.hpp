// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <caf/actor_system.hpp>

#include "actors/http_router.hpp"
#include "actors/interfaces.hpp"
#include "net/request_reader.hpp"

namespace tidings::bench {

/// Everything a command passes in Tidings, from the bytes of its request to the bytes of its answer: the real parser,
/// router, actors and renderer on the real scheduler. Only the sockets and nats-server are missing.
class command_path {
public:
  /// @param model Text of a model file.
  command_path(boost::asio::io_context& io, caf::actor_system& system, const std::string& model);
  ~command_path();
  command_path(const command_path&) = delete;
  command_path& operator=(const command_path&) = delete;

  /// Takes one request to its answer.
  /// @returns the response as it would be sent. Throws std::runtime_error unless it is the outcome.
  std::string run(std::string_view request);

private:
  boost::asio::io_context& io_;
  caf::actor_system& system_;
  http_settings settings_;
  command_bus_actor commands_;
  command_listener client_;
  std::vector<caf::strong_actor_ptr> actors_;
  net::request_reader reader_;
  boost::beast::flat_buffer buffer_;
  std::shared_ptr<std::vector<command_answer>> answers_ = std::make_shared<std::vector<command_answer>>();
};

} // namespace tidings::bench
