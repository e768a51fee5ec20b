// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include <caf/allowed_unsafe_message_type.hpp>

#include "net/http_connection.hpp"

/// A socket on its way to its session.
namespace tidings {

/// An accepted socket, on its way from the listener to its session.
struct adopt_socket {
  std::shared_ptr<boost::asio::ip::tcp::socket> socket;
  net::http_limits limits;
  std::string peer; ///< Who is at the other end (net::peer_name).
};

/// The session runs; the listener sweeps its connection's deadlines.
struct session_opened {
  std::weak_ptr<net::http_connection> connection;
};

} // namespace tidings

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::adopt_socket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::session_opened)
