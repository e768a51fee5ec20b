// SPDX-License-Identifier: MIT
#include "net/nkey.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "envelopes/errc.hpp"
#include "envelopes/regroup.hpp"

namespace tidings::net {

namespace {

// https://github.com/nats-io/nkeys: base32 of prefix, key and CRC-16 (XMODEM), the CRC's low byte first.
constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr uint8_t seed_prefix = 18 << 3;
constexpr uint8_t user_prefix = 20 << 3;
constexpr size_t key_bytes = 32;

uint16_t crc16(std::string_view bytes) {
  uint16_t crc = 0;
  for (auto byte : bytes) {
    crc = static_cast<uint16_t>(crc ^ (static_cast<unsigned char>(byte) << 8));
    for (int i = 0; i < 8; ++i) crc = static_cast<uint16_t>((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
  }
  return crc;
}

std::string decode_base32(std::string_view text) {
  auto found = regroup(text, 5, [](char c) {
    auto value = digits.find(c);
    return value == std::string_view::npos ? -1 : static_cast<int>(value);
  });
  return found.valid ? std::move(found.bytes) : std::string{};
}

std::string encode_base32(std::string_view bytes) {
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (auto byte : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(byte);
    for (held += 8; held >= 5; held -= 5) out += digits[(bits >> (held - 5)) & 31];
  }
  if (held > 0) out += digits[(bits << (5 - held)) & 31];
  return out;
}

/// The private half; empty when it is no user's seed.
std::string key_of_seed(std::string_view seed) {
  auto raw = decode_base32(seed);
  if (raw.size() != 2 + key_bytes + 2) return {};
  auto at = [&](size_t i) { return static_cast<uint8_t>(raw[i]); };
  auto sum = static_cast<uint16_t>(at(raw.size() - 2) | (at(raw.size() - 1) << 8));
  auto kind = static_cast<uint8_t>(((at(0) & 7) << 5) | (at(1) >> 3));
  auto good = crc16(std::string_view{raw}.substr(0, raw.size() - 2)) == sum && (at(0) & 0xf8) == seed_prefix && kind == user_prefix;
  auto key = good ? raw.substr(2, key_bytes) : std::string{};
  OPENSSL_cleanse(raw.data(), raw.size());
  return key;
}

} // namespace

caf::expected<std::string> public_nkey(std::string_view seed) {
  auto key = key_of_seed(seed);
  auto wrong = make_error(errc::bad_configuration, "it does not hold the seed of a user (SU...)");
  if (key.empty()) return wrong;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair{
    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(key.data()), key.size()), EVP_PKEY_free};
  OPENSSL_cleanse(key.data(), key.size());
  std::array<unsigned char, key_bytes> half{};
  auto size = half.size();
  if (!pair || EVP_PKEY_get_raw_public_key(pair.get(), half.data(), &size) != 1 || size != key_bytes) return wrong;
  std::string raw(1, static_cast<char>(user_prefix));
  raw.append(reinterpret_cast<const char*>(half.data()), size);
  auto sum = crc16(raw);
  raw += static_cast<char>(sum & 0xff);
  raw += static_cast<char>(sum >> 8);
  return encode_base32(raw);
}

} // namespace tidings::net
