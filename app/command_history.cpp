// SPDX-License-Identifier: MIT
#include "app/command_history.hpp"

#include <algorithm>
#include <chrono>

#include "actors/dead_letter.hpp"
#include "actors/headers.hpp"
#include "actors/partition_table.hpp"
#include "actors/stored_message.hpp"
#include "actors/stored_command.hpp"
#include "app/stream_reader.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"

namespace tidings {

namespace {

constexpr size_t batch_size = 512;
constexpr int most_lists = 20;

nats_calls::request last_of(const char* stream, const std::string& subject) {
  return {net::jetstream::api(std::string{"DIRECT.GET."} + stream), {}, json{{"last_by_subj", subject}}.dump()};
}

/// Asks and puts each answer where it belongs; "there is none" is an empty message.
caf::error fetch(const nats_calls& calls, const std::vector<nats_calls::request>& requests, const std::vector<net::nats_message*>& places) {
  auto answers = calls.ask_all(requests);
  if (!answers) return answers.error();
  for (size_t i = 0; i < places.size(); ++i) {
    auto status = (*answers)[i].status();
    if (status != 0 && status != 404) return make_error(errc::unavailable, requests[i].subject + " answers " + std::to_string(status));
    if (status == 0) *places[i] = (*answers)[i];
  }
  return {};
}

uint64_t now_ns() {
  return static_cast<uint64_t>(std::chrono::nanoseconds{std::chrono::system_clock::now().time_since_epoch()}.count());
}

} // namespace

caf::error command_history::open() {
  auto outcomes = calls_.api("STREAM.INFO.NOTIFICATIONS");
  if (!outcomes) return make_error(code_of(outcomes.error()), "NOTIFICATIONS: " + failure_of(outcomes.error()).detail);
  kept_ns_ = (*outcomes)["config"].value("max_age", uint64_t{0});
  outcome_replicas_ = (*outcomes)["config"].value("num_replicas", 1u);
  return look();
}

caf::error command_history::look() {
  auto info = calls_.api("STREAM.INFO.COMMANDS");
  if (!info) return make_error(code_of(info.error()), "COMMANDS: " + failure_of(info.error()).detail + "; has Tidings run on this server?");
  auto incarnation = net::jetstream::created_ns(info->value("created", std::string{}));
  if (incarnation_ != 0 && incarnation != incarnation_) return make_error(errc::unavailable, "COMMANDS was made anew meanwhile");
  incarnation_ = incarnation;
  auto& state = (*info)["state"];
  first_ = state.value("first_seq", uint64_t{0});
  last_ = state.value("last_seq", uint64_t{0});
  auto messages = state.value("messages", uint64_t{0});
  missing_ = messages == 0 ? 0 : last_ - first_ + 1 - messages;
  replicas_ = (*info)["config"].value("num_replicas", 1u);
  // One that ends while the server lists it is null; which one it was is not told, so the list is of no use.
  for (int tries = 0;; ++tries) {
    auto consumers = calls_.api_list("CONSUMER.LIST.COMMANDS", "consumers");
    if (!consumers) return consumers.error();
    if (std::ranges::all_of(*consumers, [](auto& x) { return x.is_object(); })) {
      floors_ = settled_floors(*consumers, last_);
      break;
    }
    if (tries == most_lists) return make_error(errc::unavailable, "the consumers of COMMANDS change all the time");
  }
  add_agreed_floors();
  consumed_ = !floors_.empty();
  return {};
}

void command_history::add_agreed_floors() {
  // A consumer may be gone with its server, or know less than those who read it.
  auto subject = std::string{"$KV."}.append(lease_bucket).append(".reactor");
  auto answer = calls_.ask({net::jetstream::api(std::string{"STREAM.MSG.GET.KV_"} + lease_bucket), {}, json{{"last_by_subj", subject}}.dump()});
  auto entry = answer ? parse_stored_message(answer->data()) : caf::expected<net::nats_message>{answer.error()};
  auto table = entry ? partition_table::parse(entry->data()) : std::nullopt;
  if (!table || table->settled.incarnation != incarnation_) return;
  for (uint32_t p = 0; p < subjects::partitions; ++p) floors_.push_back({subjects::command_log_part(p), table->settled.up_to[p]});
}

caf::error command_history::feed(uint64_t from, rebuild& into, const std::function<void(uint64_t)>& reached) {
  if (auto err = look()) return err;
  into.begin_round();
  std::vector<past_command> batch;
  auto last = last_;
  auto err = read_stream(calls_, {"COMMANDS", std::string{subjects::command_log_filter}, from, last}, [&](const net::nats_message& msg, const net::delivery_info& at) -> caf::error {
    take(batch, msg, std::string{msg.subject()}, at.stream_sequence, at.timestamp_ns);
    if (batch.size() < batch_size) return {};
    if (auto failed = feed(batch, into)) return failed;
    reached(at.stream_sequence);
    return {};
  });
  if (!err) err = feed(batch, into);
  if (!err) reached(last);
  return err;
}

caf::error command_history::feed_some(uint64_t from, uint64_t to, rebuild& into) const {
  std::vector<nats_calls::request> requests;
  for (auto sequence = from; sequence <= to; ++sequence)
    requests.push_back({net::jetstream::api("DIRECT.GET.COMMANDS"), {}, json{{"seq", sequence}}.dump()});
  auto answers = calls_.ask_all(requests);
  if (!answers) return answers.error();
  into.begin_round();
  std::vector<past_command> batch;
  for (size_t i = 0; i < answers->size(); ++i) {
    auto& msg = (*answers)[i];
    if (msg.status() == 404) continue; // deleted
    if (msg.status() != 0) return make_error(errc::unavailable, "COMMANDS cannot be read: " + std::to_string(msg.status()));
    take(batch, msg, std::string{msg.header("Nats-Subject")}, from + i, net::jetstream::created_ns(std::string{msg.header("Nats-Time-Stamp")}));
  }
  return feed(batch, into);
}

void command_history::take(std::vector<past_command>& batch, const net::nats_message& msg, std::string subject, uint64_t sequence, uint64_t stored_ns) const {
  auto command = read_stored_command(*models_, msg, {incarnation_, sequence});
  // What cannot be read was buried; what is of another model has a bucket of its own.
  if (!command || (*command)->entry.model != model_) return;
  evidence known{stored_ns, sequence <= floor_of(floors_, subject), kept_ns_};
  batch.push_back({std::move(*command), std::move(subject), std::move(known)});
}

caf::error command_history::feed(std::vector<past_command>& batch, rebuild& into) const {
  if (auto err = look_up(batch)) return err;
  for (auto& x : batch) into.apply(*x.command, record_of(*x.command, x.known), x.known.stored_ns);
  batch.clear();
  return {};
}

caf::error command_history::look_up(std::vector<past_command>& batch) const {
  // The reactor gives up a command whose id is no token, and nobody can be told.
  std::erase_if(batch, [](auto& x) { return !is_token(x.command->request.command_id); });
  std::vector<nats_calls::request> requests;
  std::vector<net::nats_message*> places;
  for (auto& x : batch) {
    requests.push_back(last_of("NOTIFICATIONS", subjects::notification(x.command->owner, *token::admit(x.command->request.command_id, "command id"))));
    places.push_back(&x.known.told);
  }
  if (auto err = fetch(calls_, requests, places)) return err;
  requests.clear();
  places.clear();
  std::vector<past_command*> unsure;
  for (auto& x : batch) {
    // What is not told and not acknowledged is open, whatever else there is.
    if (!wants_more(*x.command, x.known) || (!x.known.told && !x.known.acknowledged)) continue;
    requests.push_back(last_of("COMMANDS", x.subject));
    places.push_back(&x.known.last_copy);
    requests.push_back(last_of("DEAD_LETTERS", subjects::dead_letter(buried_type(x.subject), buried_id(x.subject))));
    places.push_back(&x.known.letter);
    bool recent = kept_ns_ == 0 || x.known.stored_ns + kept_ns_ > now_ns();
    if (recent && x.known.acknowledged && !x.known.told && outcome_replicas_ > 1) unsure.push_back(&x);
  }
  if (auto err = fetch(calls_, requests, places)) return err;
  // A direct get may be answered by a replica that is behind; the leader knows whether there is an outcome.
  requests.clear();
  for (auto* x : unsure)
    requests.push_back({net::jetstream::api("STREAM.MSG.GET.NOTIFICATIONS"), {}, json{{"last_by_subj", subjects::notification(x->command->owner, *token::admit(x->command->request.command_id, "command id"))}}.dump()});
  auto answers = calls_.ask_all(requests);
  if (!answers) return answers.error();
  for (size_t i = 0; i < unsure.size(); ++i) {
    auto answer = net::jetstream::parse_api_answer((*answers)[i].data());
    if (!answer) return answer.error();
    if (!answer->error) unsure[i]->known.acknowledged = false; // told, but not here yet: the next round finds it
  }
  return {};
}

} // namespace tidings
