// SPDX-License-Identifier: MIT
// Small texts that clients send: hosts, paths, positions (Last-Event-ID), query strings, sessions, words for subjects. Nothing
// but a token becomes an owner or a word of a subject.
#include <algorithm>
#include <string>

#include "actors/event_stream.hpp"
#include "actors/http_edge.hpp"
#include "actors/owner.hpp"
#include "actors/request_headers.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/token.hpp"
#include "net/http_target.hpp"
#include "net/prefer.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace tidings;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text{fuzz::text_of(data, size)};
  net::http_request request;
  request.method = "POST";
  request.path = "/";
  request.headers = {{"host", text}, {"origin", text}, {"cookie", text}, {"tidings-session", text}};
  edge_rules rules{false, {"example.org"}, {"https://app.example"}};
  fuzz::claim(http_edge::cors(request, rules).size() == (text == "https://app.example" ? 4u : 1u), "no other origin is allowed");
  http_edge::check_host(request, rules);
  if (auto owner = owner_of(request)) fuzz::claim(is_token(owner->str()), "an owner is a token");
  if (auto path = net::normalise_path(text)) {
    fuzz::claim(path->find("/../") == std::string::npos && !path->ends_with("/.."), "no dots are left");
    auto again = net::normalise_path(*path);
    fuzz::claim(again && *again == *path, "a path is normalised once");
  }
  if (auto word = token::admit(text, "word")) {
    auto subject = subjects::notification(*word, *word);
    fuzz::claim(std::count(subject.begin(), subject.end(), '.') == 2, "a token is one word of a subject");
    fuzz::claim(subject.find_first_of("*> \t\r\n") == std::string::npos && subject.find('\0') == std::string::npos, "and no wildcard or space");
  }
  if (auto position = parse_event_id(text)) fuzz::claim(std::to_string(*position).size() <= text.size(), "a position is a decimal number as it stands");
  net::parse_query_string(text);
  net::preferred_wait(text);
  trace_id_of(text);
  return 0;
}
