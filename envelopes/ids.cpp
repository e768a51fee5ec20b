// SPDX-License-Identifier: MIT
#include "envelopes/ids.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>

#include <openssl/evp.h>
#include <openssl/rand.h>

namespace tidings {

namespace {

using uuid_bytes = std::array<uint8_t, 16>;

// Asking the generator for 16 bytes at a time costs more than everything else an id needs.
uuid_bytes random_bytes() {
  thread_local std::array<uint8_t, 4096> pool;
  thread_local size_t used = pool.size();
  if (used == pool.size()) {
    // Predictable ids would let strangers read outcomes, so there is no fall-back.
    if (RAND_bytes(pool.data(), static_cast<int>(pool.size())) != 1)
      throw std::runtime_error{"the operating system's random generator failed"};
    used = 0;
  }
  uuid_bytes result;
  for (auto& byte : result)
    byte = pool[used++];
  return result;
}

void append_hex(std::string& out, std::span<const uint8_t> bytes) {
  constexpr auto digits = "0123456789abcdef";
  for (auto byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 0x0f];
  }
}

std::string uuid(std::string_view prefix, uuid_bytes bytes, uint8_t version) {
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  auto all = std::span<const uint8_t>{bytes};
  std::string result;
  result.reserve(prefix.size() + 36);
  result += prefix;
  append_hex(result, all.subspan(0, 4));
  for (auto [offset, count] : {std::pair{4u, 2u}, {6u, 2u}, {8u, 2u}, {10u, 6u}}) {
    result += '-';
    append_hex(result, all.subspan(offset, count));
  }
  return result;
}

std::array<uint8_t, 32> sha256(std::string_view text) {
  std::array<uint8_t, 32> digest;
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error{"SHA-256 is not available"};
  return digest;
}

} // namespace

std::string make_command_id() { return uuid("cmd-", random_bytes(), 4); }

std::string make_query_id() { return uuid("qry-", random_bytes(), 4); }

std::string make_session_id() {
  std::string result;
  append_hex(result, random_bytes());
  return result;
}

std::string derive_command_id(std::string_view owner, std::string_view idempotency_key) {
  // An owner is a token, so the zero byte keeps ("ab", "c") and ("a", "bc") apart.
  auto text = std::string{owner};
  text += '\0';
  text += idempotency_key;
  auto digest = sha256(text);
  uuid_bytes bytes;
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  // Version 8 of RFC 9562, section 5.8: vendor specific, here name based on SHA-256.
  return uuid("cmd-", bytes, 8);
}

std::string sha256_hex(std::string_view text) {
  std::string result;
  append_hex(result, sha256(text));
  return result;
}

} // namespace tidings
