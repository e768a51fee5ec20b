// SPDX-License-Identifier: MIT
#include "envelopes/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include "envelopes/errc.hpp"
#include "envelopes/json_text.hpp"
#include "envelopes/plain_json.hpp"

namespace tidings {

namespace {

bool has_zero_byte(std::string_view text) {
  return !text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr;
}

/// Builds the value and stops at the first broken rule. Open containers keep their children on two shared stacks; a
/// container is made in one allocation when it closes, since a growing ordered object copies its members deeply.
class strict_builder {
public:
  strict_builder(std::string_view text, const json_limits& limits) : text_{text}, limits_{limits} {}

  bool null() { return add(nullptr); }
  bool boolean(bool x) { return add(x); }
  bool number_integer(json::number_integer_t x) { return add(x); }
  bool number_unsigned(json::number_unsigned_t x) { return add(x); }

  bool number_float(json::number_float_t x, const std::string& written) {
    // An integer becomes a double only when it does not fit 64 bits; as a double it would come back changed.
    if (written.find_first_of(".eE") == std::string::npos) return refuse("has an integer beyond 64 bits");
    return add(x);
  }

  bool string(std::string& x) {
    if (has_zero_byte(x)) return refuse("has the character U+0000");
    return add(std::move(x));
  }

  bool binary(json::binary_t&) { return refuse("has binary data"); }

  bool start_object(size_t) { return open(true); }
  bool start_array(size_t) { return open(false); }

  bool key(std::string& name) {
    if (name.size() > limits_.key_length) return refuse("has a member name that is too long", open_.size() - 1);
    if (has_zero_byte(name)) return refuse("has the character U+0000 in a member name", open_.size() - 1);
    if (!count_member()) return false;
    keys_.push_back(std::move(name));
    return true;
  }

  bool end_object() {
    auto [is_object, first_value, first_key] = open_.back();
    if (has_duplicate(first_key)) return false;
    auto result = json(json::value_t::object);
    auto& members = result.get_ref<json::object_t&>();
    members.reserve(keys_.size() - first_key);
    for (size_t i = first_key, j = first_value; i < keys_.size(); ++i, ++j)
      members.emplace_back(std::move(keys_[i]), std::move(values_[j]));
    keys_.resize(first_key);
    return close(first_value, std::move(result));
  }

  bool end_array() {
    auto first_value = open_.back().first_value;
    auto begin = std::make_move_iterator(values_.begin() + static_cast<std::ptrdiff_t>(first_value));
    auto result = json(json::array_t(begin, std::make_move_iterator(values_.end())));
    return close(first_value, std::move(result));
  }

  bool parse_error(size_t position, const std::string&, const json::exception& e) {
    // nlohmann's text quotes the input, which may be anything; only its reason, fixed text, is passed on.
    auto what = std::string_view{e.what()};
    auto reason = std::string{"syntax error"};
    if (e.id == 406) {
      reason = "number out of range";
    } else if (auto from = what.find(" - "); from != std::string_view::npos) {
      what.remove_prefix(from + 3);
      reason = what.substr(0, what.find("; last read"));
    }
    return fail_at(position, reason);
  }

  bool fail_at(size_t position, const std::string& reason) {
    auto before = text_.substr(0, position == 0 ? 0 : position - 1);
    auto line = std::count(before.begin(), before.end(), '\n') + 1;
    auto column = before.size() - (before.find_last_of('\n') + 1) + 1;
    failure_.detail =
        "Invalid JSON at line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + reason;
    return false;
  }

  json& result() { return values_.front(); }
  failure& what() { return failure_; }

private:
  struct container {
    bool is_object;
    size_t first_value; ///< Where its children start in `values_`.
    size_t first_key;   ///< Where its member names start in `keys_`.
  };

  template <class T>
  bool add(T&& x) {
    if (!open_.empty() && !open_.back().is_object && !count_member()) return false;
    values_.emplace_back(std::forward<T>(x));
    return true;
  }

  bool open(bool is_object) {
    if (open_.size() == limits_.depth) return refuse("is nested too deeply");
    if (!open_.empty() && !open_.back().is_object && !count_member()) return false;
    open_.push_back({is_object, values_.size(), keys_.size()});
    return true;
  }

  bool close(size_t first_value, json result) {
    values_.resize(first_value);
    values_.push_back(std::move(result));
    open_.pop_back();
    return true;
  }

  bool count_member() {
    if (++members_ <= limits_.members) return true;
    failure_.detail = "Invalid JSON: more than " + std::to_string(limits_.members) + " members";
    return false;
  }

  bool refuse(std::string_view reason) { return refuse(reason, open_.size()); }

  bool refuse(std::string_view reason, size_t depth) {
    auto pointer = here(depth);
    failure_.detail = "Invalid JSON: " + (pointer.empty() ? std::string{"the document"} : pointer) + " ";
    failure_.detail += reason;
    failure_.errors.push_back({std::move(pointer), std::string{reason}});
    return false;
  }

  /// The pointer to the value that comes next in the container at `depth`.
  std::string here(size_t depth) const {
    std::string result;
    for (size_t i = 0; i < depth; ++i) {
      auto last = i + 1 == open_.size();
      if (open_[i].is_object) {
        auto end = last ? keys_.size() : open_[i + 1].first_key;
        if (end > open_[i].first_key) append_pointer(result, keys_[end - 1]);
      } else {
        auto end = last ? values_.size() : open_[i + 1].first_value;
        append_pointer(result, std::to_string(end - open_[i].first_value));
      }
    }
    return result;
  }

  bool has_duplicate(size_t first_key) {
    auto count = keys_.size() - first_key;
    const auto* names = keys_.data() + first_key;
    if (count <= 8) {
      for (size_t i = 1; i < count; ++i)
        for (size_t j = 0; j < i; ++j)
          if (names[i] == names[j]) return !report_duplicate(names[i]);
      return false;
    }
    // Sorting, not hashing: names that collide on purpose cost nothing extra.
    std::vector<std::string_view> sorted(names, names + count);
    std::sort(sorted.begin(), sorted.end());
    auto twin = std::adjacent_find(sorted.begin(), sorted.end());
    return twin != sorted.end() && !report_duplicate(*twin);
  }

  bool report_duplicate(std::string_view name) {
    auto pointer = here(open_.size() - 1);
    append_pointer(pointer, name);
    failure_.detail = "Invalid JSON: " + pointer + " appears twice";
    failure_.errors.push_back({std::move(pointer), "appears twice"});
    return false;
  }

  std::string_view text_;
  const json_limits& limits_;
  std::vector<container> open_;
  std::vector<json> values_;
  std::vector<std::string> keys_;
  size_t members_ = 0;
  failure failure_;
};

} // namespace

caf::expected<json> parse_json(std::string_view text, const json_limits& limits) {
  if (strict_builder plain{text, limits}; plain_json{text, plain}.read()) return std::move(plain.result());
  strict_builder builder{text, limits};
  // nlohmann's lexer takes a zero byte for the end of the input and skips a byte order mark; neither is JSON.
  if (auto zero = text.find('\0'); zero != std::string_view::npos) {
    builder.fail_at(zero + 1, "zero byte");
  } else if (text.starts_with("\xef\xbb\xbf")) {
    builder.fail_at(1, "byte order mark");
  } else if (json::sax_parse(text.data(), text.data() + text.size(), &builder)) {
    return std::move(builder.result());
  }
  return make_error(errc::malformed_request, std::move(builder.what()));
}

namespace {

constexpr size_t most_scratch = 1024 * 1024;

template <class Int>
void append_integer(std::string& out, Int x) {
  std::array<char, 24> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr;
  out.append(digits.data(), end);
}

} // namespace

/// What nlohmann's serializer writes, without its step for each character.
void append_json(std::string& out, const json& x) {
  switch (x.type()) {
  case json::value_t::object: {
    auto separator = '{';
    for (auto& [name, value] : x.get_ref<const json::object_t&>()) {
      out += std::exchange(separator, ',');
      append_json_string(out, name);
      out += ':';
      append_json(out, value);
    }
    out += separator == '{' ? "{}" : "}";
    break;
  }
  case json::value_t::array: {
    auto separator = '[';
    for (auto& value : x.get_ref<const json::array_t&>()) {
      out += std::exchange(separator, ',');
      append_json(out, value);
    }
    out += separator == '[' ? "[]" : "]";
    break;
  }
  case json::value_t::string: append_json_string(out, x.get_ref<const std::string&>()); break;
  case json::value_t::number_integer: append_integer(out, x.get<json::number_integer_t>()); break;
  case json::value_t::number_unsigned: append_integer(out, x.get<json::number_unsigned_t>()); break;
  default: out += x.dump(); // null, booleans, and what needs more care
  }
}

std::string dump(const json& value) {
  // A text that grows is copied half a dozen times, and one that is kept has room that nobody uses.
  thread_local std::string scratch;
  scratch.clear();
  append_json(scratch, value);
  auto result = scratch;
  if (scratch.capacity() > most_scratch) scratch = {};
  return result;
}

} // namespace tidings
