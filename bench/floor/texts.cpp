// SPDX-License-Identifier: MIT
#include "bench/floor/texts.hpp"

#include <charconv>
#include <cstdio>
#include <random>

#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"

namespace tidings::bench {

namespace {

constexpr std::string_view members = R"("name":"Ghent","category":"City","description":"Three towers")";

std::string make_uuid(uint32_t slot) {
  static std::mt19937_64 random{std::random_device{}()};
  auto a = random();
  auto b = random();
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-8%03x-%012llx", slot, static_cast<unsigned>(a & 0xffff),
                static_cast<unsigned>(a >> 16 & 0xfff), static_cast<unsigned>(a >> 28 & 0xfff),
                static_cast<unsigned long long>(b & 0xffff'ffff'ffff));
  return text;
}

} // namespace

command_texts make_texts(uint32_t slot) {
  command_texts x;
  x.key = make_uuid(slot);
  x.id = "cmd-" + x.key;
  auto now = now_rfc3339();
  x.command_subject = "commands." + std::to_string(subjects::partition_of(x.key)) + ".CreateLocation." + x.id;
  x.command.append(R"({"command_type":"CreateLocation","command_id":")").append(x.id);
  x.command.append(R"(","service_id":"http","timestamp":")")
      .append(now)
      .append(R"(","payload":{)")
      .append(members)
      .append("}}");
  x.entry_subject = "$KV.locations." + x.key;
  x.entry.append(R"({"id":")")
      .append(x.key)
      .append("\",")
      .append(members)
      .append(R"(,"created_at":")")
      .append(now)
      .append("\"}");
  x.outcome_subject = "notifications.public." + x.id;
  return x;
}

std::string outcome_text(const command_texts& x, uint64_t revision) {
  std::string out;
  out.reserve(704);
  out.append(R"({"success":true,"command_id":")").append(x.id).append(R"(","timestamp":")").append(now_rfc3339());
  out.append(R"(","payload":)").append(x.entry);
  out.append(
      R"(,"error":null,"command_type":"CreateLocation","status":"completed","stage":"projected","code":null,"key":")");
  out.append(x.key).append(R"(","revision":)").append(std::to_string(revision));
  out.append(R"(,"actions":[{"type":"redirect","data":"/locations/)").append(x.key);
  out.append(R"("}],"links":{"self":"/commands/)").append(x.id);
  out.append(R"(","events":"/commands/)").append(x.id).append(R"(/events"}})");
  return out;
}

uint32_t slot_in(std::string_view subject) noexcept {
  subject.remove_prefix(subject.rfind('.') + 1);
  if (subject.starts_with("cmd-")) subject.remove_prefix(4);
  uint32_t slot = 0;
  std::from_chars(subject.data(), subject.data() + std::min<size_t>(subject.size(), 8), slot, 16);
  return slot;
}

} // namespace tidings::bench
