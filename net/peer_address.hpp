// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <boost/asio/ip/address.hpp>

namespace tidings::net {

/// Names whoever holds an address, to count by: an IPv4 address (also when it came mapped into IPv6), or the /64 of an
/// IPv6 address, as one customer has at least that many.
std::string peer_name(const boost::asio::ip::address& address);

} // namespace tidings::net
