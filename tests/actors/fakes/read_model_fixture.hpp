// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/headers.hpp"
#include "actors/read_model.hpp"
#include "tests/actors/fakes/commands.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

/// A read model of the bucket `places` that has just been told that the streams are there.
struct read_model_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  readiness_actor ready = fake<readiness_actor>();
  query_listener asker = fake<query_listener>();
  lookup_listener projector = fake<lookup_listener>();
  read_model_actor copy;
  uint64_t nth = 0, watch_tag = 0;

  read_model_fixture() {
    copy = kept(sys.spawn(read_model, models->find_query("GetPlace").model, gateway, ready));
    connection(true);
    give(copy, streams_ready{});
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(copy, x);
  }

  /// The server has made the watch; `pending` entries are to come.
  void watch_created(uint64_t pending) {
    nth = 0;
    nats_reply x;
    x.message = incoming::api_answer({{"num_pending", pending}});
    give(copy, x);
  }

  /// The watch brings an entry, with `pending` more behind it.
  void watched(uint64_t revision, const std::string& key, std::string_view data, uint64_t pending = 0,
               const incoming::header_list& headers = {}) {
    incoming::place at;
    at.sequence = revision;
    nats_batch x;
    x.tag = got.last<subscribe>().tag;
    if (std::exchange(watch_tag, x.tag) != x.tag) nth = 0; // a new consumer counts from the beginning
    at.nth = ++nth;
    at.pending = pending;
    x.messages.push_back(incoming::delivery("KV_places", at, "$KV.places." + key, data, headers));
    give(copy, x);
  }

  /// Becomes the answer to whoever wants to know when all that the bucket has now is here.
  std::shared_ptr<std::optional<bool>> catch_up() {
    auto result = std::make_shared<std::optional<bool>>();
    kept(sys.spawn([this, result](caf::event_based_actor* me) {
      me->request(copy, caf::infinite, start_atom::value).then([result](bool here) { *result = here; });
    }));
    consume_messages();
    return result;
  }

  void bucket_info(uint64_t last_sequence) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.message = incoming::api_answer({{"state", {{"last_seq", last_sequence}}}});
    give(copy, x);
  }

  void watched_delete(uint64_t revision, const std::string& key) {
    watched(revision, key, {}, 0, {{entry_headers::operation, "DEL"}});
  }

  /// The projector of this process has written an entry.
  void applied(uint64_t revision, const std::string& key, const json& value) {
    apply_entry x;
    x.entry = document(key, revision, revision, "cmd-1", value);
    give(copy, x);
  }

  ask_query query(const std::string& type, json payload) {
    ask_query x;
    x.query_type = type;
    x.query_id = "qry-1";
    x.payload = std::move(payload);
    x.listener = asker;
    x.cookie = 6;
    x.entry = models->find_query(type);
    return x;
  }

  size_t answers() const { return got.count<query_answer>(); }

  query_answer ask(const std::string& type, json payload) {
    auto before = answers();
    give(copy, query(type, std::move(payload)));
    CAF_REQUIRE_EQUAL(answers(), before + 1);
    return got.last<query_answer>();
  }

  query_answer get(const std::string& key) { return ask("GetPlace", {{"id", key}}); }

  /// A member of the document in the answer.
  static std::string member(const query_answer& x, const std::string& name) {
    CAF_REQUIRE(!x.error);
    return text(parsed(x.body)["payload"][name]);
  }

  void look(const std::string& key, std::vector<std::pair<std::string, json>> unique = {}) {
    look_up x;
    x.key = key;
    x.unique = std::move(unique);
    x.listener = projector;
    x.cookie = 9;
    give(copy, x);
  }
};

} // namespace tidings
