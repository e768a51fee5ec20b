// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "actors/headers.hpp"
#include "actors/kv_projector.hpp"
#include "tests/actors/fakes/commands.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

/// A projector; the test plays read model, NATS and reactor. Commands are named by their sequence.
struct projector_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  read_model_actor copy = fake<read_model_actor>();
  projection_listener listener = fake<projection_listener>();
  kv_projector_actor projector;

  /// Begins anew with the model of `bucket`; without a handler the model decides.
  void start(const std::string& bucket, command_handler_actor handler = {}) {
    kv_projector_options options;
    for (auto& model : models->models())
      if (model->bucket.str() == bucket) options.model = model;
    options.gateway = gateway;
    options.read_model = copy;
    for (auto& [type, spec] : options.model->commands)
      if (handler) options.handlers.emplace(type, handler);
    projector = kept(sys.spawn(kv_projector, std::move(options)));
    consume_messages();
  }

  static std::string id_of(uint64_t sequence) { return "cmd-" + std::to_string(sequence); }

  void project_command(std::shared_ptr<stored_command> command, bool seen_before = false) {
    project x;
    x.command = std::move(command);
    x.seen_before = seen_before;
    x.listener = listener;
    give(projector, x);
  }

  void project_command(uint64_t sequence, std::string_view type, json payload, bool seen_before = false) {
    project_command(stored(models, type, id_of(sequence), std::move(payload), sequence), seen_before);
  }

  void write_note(uint64_t sequence, const std::string& key, bool seen_before = false) {
    project_command(sequence, "PutNote", {{"id", key}, {"text", id_of(sequence)}}, seen_before);
  }

  /// The read model's answer.
  void look_up_gives(uint64_t sequence, document_ptr entry, std::vector<std::optional<std::string>> taken_by = {}) {
    looked_up x;
    x.cookie = sequence;
    x.entry = std::move(entry);
    x.taken_by = std::move(taken_by);
    give(projector, x);
  }

  void reply(uint64_t sequence, net::nats_message message) {
    nats_reply x;
    x.cookie = sequence;
    x.message = std::move(message);
    give(projector, x);
  }

  void reply_error(uint64_t sequence, errc code) {
    nats_reply x;
    x.cookie = sequence;
    x.error = make_error(code);
    give(projector, x);
  }

  void written(uint64_t sequence, uint64_t revision) {
    published x;
    x.cookie = sequence;
    x.sequence = revision;
    give(projector, x);
  }

  void write_fails(uint64_t sequence, errc code) {
    published x;
    x.cookie = sequence;
    x.error = make_error(code);
    give(projector, x);
  }

  /// The reactor has made the outcome safe.
  void settle(uint64_t sequence) {
    settled x;
    x.cookie = sequence;
    give(projector, x);
  }

  /// An entry as the bucket's leader brings it.
  net::nats_message entry(const std::string& subject, uint64_t revision, uint64_t by_sequence,
                          const json& value) const {
    return incoming::stored(subject, revision, dump(value),
                            {{entry_headers::command_id, id_of(by_sequence)},
                             {entry_headers::position, "1." + std::to_string(by_sequence)}});
  }

  /// The newest publish, look-up or request of one command; how many there were of it.
  template <class Message>
  std::vector<Message> of(uint64_t sequence) const {
    std::vector<Message> result;
    for (auto& x : got.all<Message>())
      if (x.cookie == sequence) result.push_back(x);
    return result;
  }

  template <class Message>
  size_t times(uint64_t sequence) const {
    return of<Message>(sequence).size();
  }

  publish write_of(uint64_t sequence) const {
    auto all = of<publish>(sequence);
    CAF_REQUIRE(!all.empty());
    return all.back();
  }

  static std::string header(const publish& x, std::string_view name) {
    return std::string{net::value_of(x.what->headers, name)};
  }

  stage stage_of(uint64_t sequence) {
    auto asked = self->request(projector, caf::infinite, ask_stage{sequence});
    consume_messages();
    stage result{};
    asked.receive([&](stage x) { result = x; }, [&](const caf::error& why) { CAF_FAIL(sys.render(why)); });
    return result;
  }

  projected result_of(uint64_t sequence) const {
    auto all = of<projected>(sequence);
    CAF_REQUIRE_EQUAL(all.size(), 1u);
    return all.back();
  }
};

/// A projector of the bucket `notes`, whose commands the model decides.
struct notes_fixture : projector_fixture {
  notes_fixture() { start("notes"); }
};

} // namespace tidings
