// SPDX-License-Identifier: MIT
#include "model/listing.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "envelopes/errc.hpp"
#include "envelopes/json_text.hpp"
#include "model/canonical.hpp"
#include "model/cursor.hpp"
#include "model/sorted_index.hpp"

namespace tidings {

namespace {

/// Only ASCII letters are folded; anything else is looked for as written.
char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains_folded(std::string_view text, std::string_view needle) {
  auto same = [](char a, char b) { return folded(a) == b; };
  return std::search(text.begin(), text.end(), needle.begin(), needle.end(), same) != text.end();
}

bool fits_filter(const std::optional<json_slice>& found, const json& wanted) {
  if (!found) return wanted.is_null();
  auto plain = found->plain_string();
  if (plain && wanted.is_string()) return *plain == wanted.get_ref<const std::string&>();
  auto value = found->value();
  if (same_value(value, wanted)) return true;
  // A filter from a URL is text whatever the member's type is.
  return wanted.is_string() && (value.is_number() || value.is_boolean()) && dump(value) == wanted.get_ref<const std::string&>();
}

bool contains(const std::optional<json_slice>& found, std::string_view needle) {
  if (!found) return false;
  if (auto plain = found->plain_string()) return contains_folded(*plain, needle);
  auto value = found->value();
  return value.is_string() && contains_folded(value.get_ref<const std::string&>(), needle);
}

/// What an index of unique members goes by; nothing for a document that has none.
std::optional<std::string> unique_value(const stored_document& x, const std::string& field) {
  auto found = x.member(field);
  auto value = found ? found->value() : json{};
  return value.is_null() ? std::nullopt : std::optional{canonical(value)};
}

/// An entry in a table by key; a newer one of its key takes its place.
struct slot {
  mutable document_ptr entry;
};

struct slot_key {
  using is_transparent = void;
  static std::string_view of(const slot& x) noexcept { return x.entry->key; }
  static std::string_view of(std::string_view x) noexcept { return x; }
  template <class T>
  size_t operator()(const T& x) const noexcept { return std::hash<std::string_view>{}(of(x)); }
  template <class A, class B>
  bool operator()(const A& a, const B& b) const noexcept { return of(a) == of(b); }
};

/// Decides which documents belong on the page.
class page_filter {
public:
  page_filter(const query_spec& spec, const list_request& request) : spec_{spec}, request_{request} {
    needle_ = request.text;
    std::transform(needle_.begin(), needle_.end(), needle_.begin(), folded);
  }

  bool takes_all() const { return request_.equal.empty() && needle_.empty(); }

  bool takes(const stored_document& x) const {
    for (const auto& [field, wanted] : request_.equal)
      if (!fits_filter(x.member(field), wanted)) return false;
    if (needle_.empty()) return true;
    return std::any_of(spec_.search.begin(), spec_.search.end(), [&](const std::string& field) { return contains(x.member(field), needle_); });
  }

private:
  const query_spec& spec_;
  const list_request& request_;
  std::string needle_;
};

caf::error bad(std::string_view member, std::string_view message) {
  auto pointer = pointer_to(member);
  return make_error(errc::schema_violation,
                    failure{pointer + " " + std::string{message}, {{pointer, std::string{message}}}});
}

} // namespace

struct document_table::impl {
  explicit impl(model_ptr m) : model{std::move(m)}, by_key{""} {}

  using unique_index = std::unordered_multimap<std::string, const stored_document*>;

  void enter(const stored_document& x) {
    ++live;
    by_key.insert(x);
    for (auto& [field, index] : sorted)
      index.insert(x);
    for (const auto& field : model->unique)
      if (auto value = unique_value(x, field)) unique[field].emplace(std::move(*value), &x);
  }

  void leave(const stored_document& x) {
    --live;
    by_key.erase(x);
    for (auto& [field, index] : sorted)
      index.erase(x);
    for (const auto& field : model->unique)
      if (auto value = unique_value(x, field)) {
        auto [first, last] = unique[field].equal_range(*value);
        auto it = std::find_if(first, last, [&](const auto& entry) { return entry.second == &x; });
        if (it != last) unique[field].erase(it);
      }
  }

  /// The order for `field`, made when it is first asked for; null if the model does not know the field.
  const sorted_index* order_by(const std::string& field) const {
    if (field.empty() || field == model->key) return &by_key;
    if (auto it = sorted.find(field); it != sorted.end()) return &it->second;
    if (!model->sortable.contains(field)) return nullptr;
    auto& index = sorted.emplace(field, sorted_index{field}).first->second;
    by_key.ascend(nullptr, [&](const stored_document& x) {
      index.insert(x);
      return true;
    });
    return &index;
  }

  model_ptr model;
  std::unordered_set<slot, slot_key, slot_key> documents;
  sorted_index by_key;
  mutable std::map<std::string, sorted_index, std::less<>> sorted;
  std::map<std::string, unique_index, std::less<>> unique;
  size_t live = 0;
  uint64_t revision = 0;
};

document_table::document_table(model_ptr model) : impl_{std::make_unique<impl>(std::move(model))} {}

document_table::~document_table() = default;

bool document_table::apply(document_ptr entry) {
  auto [known, fresh] = impl_->documents.insert(slot{entry});
  if (!fresh && entry->revision <= known->entry->revision) return false;
  if (!fresh && !known->entry->deleted) impl_->leave(*known->entry);
  if (!entry->deleted) impl_->enter(*entry);
  impl_->revision = std::max(impl_->revision, entry->revision);
  // Only now, since the indexes read the old document while it leaves them.
  known->entry = std::move(entry);
  return true;
}

document_ptr document_table::find(std::string_view key) const {
  auto it = impl_->documents.find(key);
  return it != impl_->documents.end() ? it->entry : nullptr;
}

document_ptr document_table::find_unique(std::string_view field, const json& value, std::string_view except_key) const {
  auto index = impl_->unique.find(field);
  if (index == impl_->unique.end()) return nullptr;
  auto [first, last] = index->second.equal_range(canonical(value));
  for (auto it = first; it != last; ++it)
    if (it->second->key != except_key) return find(it->second->key);
  return nullptr;
}

caf::expected<std::string> document_table::list(const query_spec& spec, const list_request& request) const {
  auto descending = request.sort.starts_with('-');
  const auto* order = impl_->order_by(request.sort.substr(descending ? 1 : 0));
  if (order == nullptr) return bad("sort", "is not a field this list can be sorted by");
  std::optional<cursor> start;
  if (request.cursor) {
    start = parse_cursor(*request.cursor);
    if (!start || start->sort != request.sort) return bad("cursor", "is not a cursor of this list");
  }
  page_filter filter{spec, request};
  std::string out = R"({"items":[)";
  const stored_document* last = nullptr;
  size_t taken = 0;
  auto visit = [&](const stored_document& x) {
    // A full page ends here even if nothing further fits: looking for that could mean reading everything.
    if (taken == request.limit) return false;
    if (!filter.takes(x)) return true;
    if (taken++ > 0) out += ',';
    out += x.text;
    last = &x;
    return true;
  };
  auto from = start ? std::optional{sorted_index::position{start->value, start->key}} : std::nullopt;
  const auto* begin = from ? &*from : nullptr;
  auto complete = descending ? order->descend(begin, visit) : order->ascend(begin, visit);
  out += R"(],"next_cursor":)";
  if (complete || last == nullptr) {
    out += "null";
  } else {
    append_json_string(out, to_text({request.sort, order->value_in(*last), last->key}));
  }
  out += R"(,"total":)";
  out += filter.takes_all() ? std::to_string(impl_->live) : "null";
  out += '}';
  return out;
}

size_t document_table::size() const noexcept { return impl_->live; }

uint64_t document_table::revision() const noexcept { return impl_->revision; }

} // namespace tidings
