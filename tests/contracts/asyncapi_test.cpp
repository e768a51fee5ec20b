// SPDX-License-Identifier: MIT
#define CAF_SUITE asyncapi

#include "contracts/asyncapi.hpp"

#include <caf/all.hpp>

#include "model/samples.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

json document_of(std::string_view text) {
  return asyncapi(**catalog::make({model_of(text)}), {"1.2.3", std::chrono::milliseconds{0}, std::chrono::milliseconds{30'000}, false});
}

} // namespace

CAF_TEST(subjects are those that the code builds) {
  auto channels = document_of(places)["channels"];
  auto address = [&](std::string_view id) { return channels.at(std::string{id})["address"].get<std::string>(); };
  CAF_CHECK_EQUAL(address("commands.CreatePlace"), "commands.CreatePlace");
  CAF_CHECK_EQUAL(address("queries.GetPlace"), "queries.GetPlace");
  CAF_CHECK_EQUAL(address("stream.CreatePlace"), "commands.{partition}.CreatePlace.{command_id}");
  CAF_CHECK_EQUAL(address("notifications"), "notifications.{owner}.{command_id}");
  CAF_CHECK_EQUAL(address("dead-letters"), "dead.{command_type}.{command_id}");
  CAF_CHECK_EQUAL(address("bucket.places"), "$KV.places.{key}");
  CAF_CHECK_EQUAL(address("services.ping.all"), "$SRV.PING");
  CAF_CHECK_EQUAL(address("services.info.name"), "$SRV.INFO.{name}");
  CAF_CHECK_EQUAL(address("services.stats.instance"), "$SRV.STATS.{name}.{id}");
  CAF_CHECK_EQUAL(channels["services.info.name"]["parameters"]["name"]["enum"], json::array({"places"}));
  CAF_CHECK_EQUAL(channels["stream.CreatePlace"]["parameters"]["partition"]["enum"].size(), 16u);
}

CAF_TEST(requests are answered in the queue group of the service) {
  auto document = document_of(places);
  auto& use = document["operations"]["commands.CreatePlace"];
  CAF_CHECK_EQUAL(use["action"], "receive");
  CAF_CHECK_EQUAL(use["bindings"]["nats"]["queue"], "places");
  CAF_CHECK_EQUAL(use["reply"]["channel"]["$ref"], "#/channels/commands.CreatePlace.reply");
  CAF_CHECK(document["channels"]["commands.CreatePlace.reply"]["address"].is_null());
}

CAF_TEST(a handler is asked on its subject) {
  CAF_CHECK(!document_of(places)["channels"].contains("handlers.PutPlace"));
  auto decided = with(places, R"("PutPlace": { "effect": "replace" })",
                      R"("PutPlace": { "effect": "replace", "handler": { "subject": "rules.place" } })");
  auto document = document_of(decided);
  CAF_CHECK_EQUAL(document["channels"]["handlers.PutPlace"]["address"], "rules.place");
  CAF_CHECK_EQUAL(document["operations"]["handlers.PutPlace"]["action"], "send");
  CAF_CHECK(document["channels"]["handlers.PutPlace.reply"]["messages"].contains("more-time"));
}

CAF_TEST(schemas stay in the dialect of the model) {
  auto list = with(places, R"("name": { "type": "string" })", R"("name": { "items": [{ "type": "string" }] })");
  auto schema = document_of(list)["components"]["schemas"]["CreatePlace.payload"];
  CAF_CHECK(schema["properties"]["name"].contains("items"));
}
