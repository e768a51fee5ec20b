// SPDX-License-Identifier: MIT
#define CAF_SUITE nats_message

#include "net/nats_message.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings::net;

CAF_TEST(no control character gets into a header whatever its value is made of) {
  for (int c = 0; c < 256; ++c) {
    auto byte = static_cast<char>(c);
    auto value = header_value{std::string{"a"} + byte + "b"}.str();
    bool control = c < 0x20 || c == 0x7f;
    CAF_CHECK_EQUAL(value, std::string{"a"} + (control ? ' ' : byte) + "b");
  }
  nats_headers headers = {{"Tidings-Owner", "x\r\nNats-Rollup: all"}};
  CAF_CHECK_EQUAL(headers.front().second.str(), "x  Nats-Rollup: all");
}
