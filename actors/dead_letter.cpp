// SPDX-License-Identifier: MIT
#include "actors/dead_letter.hpp"

#include <algorithm>
#include <charconv>

#include "actors/headers.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"

namespace tidings {

namespace {

token admit_or_unknown(std::string_view text) {
  auto admitted = token::admit(text, "token");
  return admitted ? std::move(*admitted) : std::move(*token::admit("unknown", "token"));
}

template <class Number>
Number number(std::string_view text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// A subject that COMMANDS can have stored; what else could publish anywhere, or be read as protocol.
bool is_command_subject(std::string_view subject) {
  auto plain = [](char c) { return c > ' ' && c < 127 && c != '*' && c != '>'; };
  return std::ranges::all_of(subject, plain) && subjects::overlaps(subjects::command_log_filter, subject)
         && !subjects::token_at(subject, 3).empty();
}

} // namespace

token buried_type(std::string_view subject) {
  return admit_or_unknown(subjects::token_at(subject, 2));
}

token buried_id(std::string_view subject) {
  return admit_or_unknown(subjects::token_at(subject, 3));
}

outgoing_message dead_letter_of(const net::nats_message& command, const burial& why) {
  using namespace std::chrono;
  auto since = system_clock::time_point{duration_cast<system_clock::duration>(nanoseconds{why.stored.timestamp_ns})};
  std::string reason{why.reason};
  std::ranges::replace_if(reason, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  outgoing_message out;
  out.subject = subjects::dead_letter(buried_type(command.subject()), buried_id(command.subject()));
  out.headers = {{dead_letter_headers::reason, std::move(reason)},
                 {dead_letter_headers::attempts, std::to_string(why.attempts)},
                 {dead_letter_headers::subject, std::string{command.subject()}},
                 {dead_letter_headers::sequence, std::to_string(why.stored.stream_sequence)},
                 {dead_letter_headers::time, to_rfc3339(since)}};
  auto keep = [&](const char* name) {
    if (auto value = command.header(name); !value.empty()) out.headers.emplace_back(name, value);
  };
  std::ranges::for_each(command_headers::kept, keep);
  keep(command_headers::retry);
  out.data = command.data();
  return out;
}

std::string_view dead_letter::header(std::string_view name) const {
  return net::value_of(headers, name);
}

caf::expected<dead_letter> read_dead_letter(const net::nats_message& letter) {
  dead_letter result;
  auto subject = letter.header("Nats-Subject");
  result.sequence = number<uint64_t>(letter.header("Nats-Sequence"));
  if (!subject.starts_with("dead.") || result.sequence == 0)
    return make_error(errc::bad_reply, "what DEAD_LETTERS answered is no dead letter");
  result.type = subjects::token_at(subject, 1);
  result.id = subjects::token_at(subject, 2);
  result.reason = letter.header(dead_letter_headers::reason);
  result.attempts = number<uint32_t>(letter.header(dead_letter_headers::attempts));
  result.retry = number<uint32_t>(letter.header(command_headers::retry));
  result.subject = letter.header(dead_letter_headers::subject);
  result.command_sequence = number<uint64_t>(letter.header(dead_letter_headers::sequence));
  result.time = letter.header(dead_letter_headers::time);
  for (auto* name : command_headers::kept)
    if (auto value = letter.header(name); !value.empty()) result.headers.emplace_back(name, value);
  result.data = letter.data();
  return result;
}

caf::expected<outgoing_message> retry_of(const dead_letter& letter) {
  if (!is_command_subject(letter.subject))
    return make_error(errc::bad_reply, "the dead letter of " + letter.id + " does not say which subject it came from");
  outgoing_message out;
  out.subject = letter.subject;
  auto retry = std::to_string(letter.retry + 1);
  out.headers = letter.headers;
  out.headers.emplace_back(command_headers::retry, retry);
  out.headers.emplace_back(command_headers::msg_id, letter.id + ".retry." + retry + '.' + std::to_string(letter.command_sequence));
  out.data = letter.data;
  return out;
}

} // namespace tidings
