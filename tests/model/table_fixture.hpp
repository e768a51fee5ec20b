// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "model/listing.hpp"
#include "samples.hpp"

namespace tidings {

/// A table of the sample model, and short ways to change and read it.
struct table_fixture {
  model_ptr model = model_of(places);
  const query_spec& spec = model->queries.find("ListPlaces")->second;
  document_table table{model};
  uint64_t next_revision = 1;

  document_ptr document(std::string key, std::string_view text) {
    auto result = std::make_shared<stored_document>();
    result->key = std::move(key);
    result->revision = next_revision++;
    result->text = text;
    return result;
  }

  document_ptr tombstone(std::string key) {
    auto result = std::make_shared<stored_document>();
    result->key = std::move(key);
    result->revision = next_revision++;
    result->deleted = true;
    return result;
  }

  bool put(std::string key, std::string_view text) { return table.apply(document(std::move(key), text)); }
  bool drop(std::string key) { return table.apply(tombstone(std::move(key))); }

  json page(const list_request& request) const {
    auto text = table.list(spec, request);
    if (!text) return failure_of(text.error()).errors.at(0).pointer;
    return parsed(*text);
  }

  list_request sorted(std::string sort, size_t limit = 100) const {
    list_request result;
    result.sort = std::move(sort);
    result.limit = limit;
    return result;
  }

  std::string text_of(const list_request& request) const {
    auto text = table.list(spec, request);
    return text ? *text : "refused";
  }

  /// The `k` members of all pages, each page in brackets.
  std::string walk(list_request request) const {
    std::string result;
    for (;;) {
      auto now = page(request);
      result += '[';
      for (const auto& item : now["items"])
        result += item["k"].get<std::string>();
      result += ']';
      if (now["next_cursor"].is_null()) return result;
      request.cursor = now["next_cursor"].get<std::string>();
    }
  }
};

} // namespace tidings
