// SPDX-License-Identifier: MIT
#include "app/bucket.hpp"

#include <cstdlib>

#include "actors/headers.hpp"
#include "actors/read_model.hpp"
#include "actors/stream_keeper.hpp"
#include "app/stream_reader.hpp"
#include "envelopes/errc.hpp"

namespace tidings {

namespace {

document_ptr entry_of(const net::nats_message& msg, uint64_t revision, std::string key) {
  if (auto read = to_document(msg, revision)) return std::make_shared<const stored_document>(std::move(*read));
  stored_document broken;
  broken.key = std::move(key);
  broken.revision = revision;
  broken.text = msg.data();
  return std::make_shared<const stored_document>(std::move(broken));
}

} // namespace

caf::error bucket::create(uint32_t replicas) const {
  auto made = calls_.api("STREAM.CREATE." + stream(), bucket_config(name(), replicas));
  return made ? caf::error{} : made.error();
}

caf::error bucket::remove() const {
  auto gone = calls_.api("STREAM.DELETE." + stream());
  return gone || code_of(gone.error()) == errc::not_found ? caf::error{} : gone.error();
}

caf::error bucket::each(const std::function<caf::error(document_ptr)>& visit) const {
  auto now = info();
  if (!now) return now.error();
  auto state = now->value("state", json::object());
  if (state.value("messages", uint64_t{0}) == 0) return {};
  auto prefix = "$KV." + name() + '.';
  return read_stream(calls_, {stream(), prefix + '>', 1, state.value("last_seq", uint64_t{0}), true},
                     [&](const net::nats_message& msg, const net::delivery_info& at) {
                       return visit(entry_of(msg, at.stream_sequence, std::string{msg.subject().substr(prefix.size())}));
                     });
}

caf::expected<std::vector<document_ptr>> bucket::get(const std::vector<std::string>& keys) const {
  std::vector<nats_calls::request> requests;
  for (auto& key : keys)
    requests.push_back({net::jetstream::api("DIRECT.GET." + stream()), {}, json{{"last_by_subj", "$KV." + name() + '.' + key}}.dump()});
  auto answers = calls_.ask_all(requests);
  if (!answers) return answers.error();
  std::vector<document_ptr> result;
  for (size_t i = 0; i < keys.size(); ++i) {
    auto& answer = (*answers)[i];
    if (answer.status() == 404) {
      result.push_back(nullptr);
      continue;
    }
    if (answer.status() != 0) return make_error(errc::unavailable, "bucket " + name() + " cannot be read: " + std::to_string(answer.status()));
    auto revision = std::string{answer.header("Nats-Sequence")};
    result.push_back(entry_of(answer, std::strtoull(revision.c_str(), nullptr, 10), keys[i]));
  }
  return result;
}

caf::expected<std::vector<bool>> bucket::put(const std::vector<stored_document>& entries) const {
  std::vector<nats_calls::request> requests;
  for (auto& entry : entries) {
    nats_calls::request out{"$KV." + name() + '.' + entry.key, {{entry_headers::expected, std::to_string(entry.revision)}}, entry.text};
    if (!entry.command_id.empty()) {
      out.headers.emplace_back(entry_headers::command_id, entry.command_id);
      out.headers.emplace_back(entry_headers::position, to_text(entry.position));
    }
    if (entry.deleted) out.headers.emplace_back(entry_headers::operation, "DEL");
    requests.push_back(std::move(out));
  }
  auto answers = calls_.ask_all(requests);
  if (!answers) return answers.error();
  std::vector<bool> result;
  for (auto& answer : *answers) {
    auto ack = net::jetstream::parse_pub_ack(answer.data());
    if (!ack && code_of(ack.error()) != errc::wrong_revision) return ack.error();
    result.push_back(static_cast<bool>(ack));
  }
  return result;
}

} // namespace tidings
