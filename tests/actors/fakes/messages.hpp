// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nats/nats.h>

#include "envelopes/json.hpp"
#include "net/nats_message.hpp"

/// NATS messages as the server sends them.
namespace tidings::incoming {

using header_list = std::vector<std::pair<std::string, std::string>>;

inline net::nats_message message(const std::string& subject, const std::string& reply, std::string_view data,
                                 const header_list& headers = {}) {
  static const auto library = nats_Open(-1); // its garbage collector frees messages
  if (library != NATS_OK) throw std::runtime_error{natsStatus_GetText(library)};
  natsMsg* made = nullptr;
  auto status = natsMsg_Create(&made, subject.c_str(), reply.empty() ? nullptr : reply.c_str(), data.data(),
                               static_cast<int>(data.size()));
  net::nats_message result{made};
  for (auto& [name, value] : headers)
    if (status == NATS_OK) status = natsMsgHeader_Set(made, name.c_str(), value.c_str());
  if (status != NATS_OK) throw std::runtime_error{natsStatus_GetText(status)};
  return result;
}

/// Where in a stream and in a consumer a delivery is from.
struct place {
  uint64_t sequence = 1; ///< In the stream.
  uint64_t nth = 1;      ///< In the consumer.
  uint64_t pending = 0;  ///< Behind it in the stream.
  uint64_t delivered = 1;
  uint64_t stored_ns = 1'700'000'000'000'000'000;
};

inline std::string ack_subject(const std::string& stream, const place& at) {
  return "$JS.ACK." + stream + ".consumer." + std::to_string(at.delivered) + '.' + std::to_string(at.sequence) + '.' +
         std::to_string(at.nth) + '.' + std::to_string(at.stored_ns) + '.' + std::to_string(at.pending);
}

inline net::nats_message delivery(const std::string& stream, const place& at, const std::string& subject,
                                  std::string_view data, const header_list& headers = {}) {
  return message(subject, ack_subject(stream, at), data, headers);
}

/// A status message: 100 for heartbeats and flow control, 404 for nothing there.
inline net::nats_message status(int code, const header_list& headers = {}, const std::string& reply = {}) {
  auto all = headers;
  all.emplace_back("Status", std::to_string(code));
  return message("_INBOX.status", reply, {}, all);
}

inline net::nats_message heartbeat(uint64_t last_consumer_sequence, const header_list& more = {}) {
  auto headers = more;
  headers.emplace_back("Nats-Last-Consumer", std::to_string(last_consumer_sequence));
  return status(100, headers);
}

inline net::nats_message nothing_there() { return status(404); }

/// The answer to a direct get: the stored message under another subject.
inline net::nats_message direct(const std::string& subject, uint64_t sequence, std::string_view data,
                                const header_list& headers = {}) {
  auto all = headers;
  all.emplace_back("Nats-Subject", subject);
  all.emplace_back("Nats-Sequence", std::to_string(sequence));
  return message("_INBOX.direct", {}, data, all);
}

inline net::nats_message api_answer(const json& body) { return message("_INBOX.api", {}, body.dump()); }

/// RFC 4648, section 4.
inline std::string base64(std::string_view bytes) {
  static constexpr const char* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k) result += i + k <= bytes.size() ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return result;
}

/// The leader's answer to STREAM.MSG.GET.
inline net::nats_message stored(const std::string& subject, uint64_t sequence, std::string_view data, const header_list& headers = {}) {
  std::string head = "NATS/1.0\r\n";
  for (auto& [name, value] : headers) head += name + ": " + value + "\r\n";
  return api_answer({{"message", {{"subject", subject}, {"seq", sequence}, {"hdrs", base64(head + "\r\n")}, {"data", base64(data)}, {"time", "2026-01-02T03:04:05Z"}}}});
}

inline net::nats_message api_refusal(int code, int err_code, const std::string& description) {
  return api_answer({{"error", {{"code", code}, {"err_code", err_code}, {"description", description}}}});
}

/// The leader has no such message.
inline net::nats_message no_message() { return api_refusal(404, 10037, "no message found"); }

} // namespace tidings::incoming
