// SPDX-License-Identifier: MIT
#include "app/dead_letter_box.hpp"

#include "envelopes/errc.hpp"

namespace tidings {

namespace {

constexpr int publish_tries = 3;

} // namespace

caf::expected<std::optional<dead_letter>> dead_letter_box::get(const json& what) const {
  auto answer = calls_.ask({net::jetstream::api("DIRECT.GET.DEAD_LETTERS"), {}, what.dump()});
  if (!answer) return answer.error();
  if (answer->status() == 404) return std::optional<dead_letter>{};
  if (answer->status() != 0) return make_error(errc::unavailable, "DEAD_LETTERS cannot be read: " + std::to_string(answer->status()));
  auto letter = read_dead_letter(*answer);
  if (!letter) return letter.error();
  return std::optional{std::move(*letter)};
}

caf::expected<uint64_t> dead_letter_box::last_sequence() const {
  // A direct get of a stream that is not there is not answered at all.
  auto answer = calls_.ask({net::jetstream::api("STREAM.INFO.DEAD_LETTERS"), {}, {}});
  if (!answer) return answer.error();
  auto info = net::jetstream::parse_api_answer(answer->data());
  if (!info) return info.error();
  if (info->error) return make_error(errc::unavailable, "DEAD_LETTERS: " + info->error->description + "; has Tidings run on this server?");
  return info->body.value("state", json::object()).value("last_seq", uint64_t{0});
}

caf::error dead_letter_box::each(const selection& which, const std::function<caf::expected<bool>(dead_letter&)>& visit) const {
  auto part = [](const std::string& text) { return text.empty() ? std::string{"*"} : text; };
  auto filter = "dead." + part(which.type) + '.' + part(which.id);
  auto last = last_sequence();
  if (!last) return last.error();
  for (uint64_t sequence = 1; sequence <= *last;) {
    auto letter = get({{"seq", sequence}, {"next_by_subj", filter}});
    if (!letter) return letter.error();
    if (!*letter || (*letter)->sequence > *last) return {};
    sequence = (*letter)->sequence + 1;
    auto go_on = visit(**letter);
    if (!go_on) return go_on.error();
    if (!*go_on) return {};
  }
  return {};
}

caf::expected<net::jetstream::pub_ack> dead_letter_box::put_back(const dead_letter& letter) const {
  auto command = retry_of(letter);
  if (!command) return command.error();
  for (int tries = 1;; ++tries) {
    auto answer = calls_.ask({command->subject, command->headers, command->data});
    if (answer) return net::jetstream::parse_pub_ack(answer->data());
    if (code_of(answer.error()) != errc::outcome_unknown || tries == publish_tries) return answer.error();
  }
}

caf::error dead_letter_box::remove(const dead_letter& letter) const {
  auto answer = calls_.ask({net::jetstream::api("STREAM.MSG.DELETE.DEAD_LETTERS"), {}, json{{"seq", letter.sequence}, {"no_erase", true}}.dump()});
  if (!answer) return answer.error();
  auto parsed = net::jetstream::parse_api_answer(answer->data());
  if (!parsed) return parsed.error();
  if (!parsed->error || parsed->error->err_code == net::jetstream::err_no_message_found) return {};
  // Somebody else may have removed it since it was read: then it cannot be found any more.
  auto still = get({{"seq", letter.sequence}});
  if (still && !*still) return {};
  return make_error(errc::storage_refused, "DEAD_LETTERS keeps " + letter.id + ": " + parsed->error->description);
}

} // namespace tidings
