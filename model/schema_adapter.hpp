// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <valijson/internal/adapter.hpp>
#include <valijson/internal/basic_adapter.hpp>
#include <valijson/internal/frozen_value.hpp>

#include "envelopes/json.hpp"

/// Lets valijson's schema parser read our JSON. Included by schema*.cpp only: valijson's headers are heavy. Parts
/// are made from pointers, since nlohmann's json would try to convert itself from anything that takes a reference.
namespace tidings::schema_adapter {

class adapter;
using member = std::pair<std::string, adapter>;

/// What both kinds of iterator share: `Make` turns nlohmann's iterator into what valijson expects to see.
template <class Value, class Make>
class iterator {
public:
  using iterator_category = std::bidirectional_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = Value*;
  using reference = Value&;

  explicit iterator(json::const_iterator it) : it_{it} {}
  Value operator*() const { return Make{}(it_); }
  valijson::adapters::DerefProxy<Value> operator->() const { return valijson::adapters::DerefProxy<Value>(**this); }
  bool operator==(const iterator& other) const { return it_ == other.it_; }
  bool operator!=(const iterator& other) const { return !(it_ == other.it_); }
  iterator& operator++() {
    ++it_;
    return *this;
  }
  iterator operator++(int) {
    auto before = *this;
    ++it_;
    return before;
  }
  iterator& operator--() {
    --it_;
    return *this;
  }
  void advance(std::ptrdiff_t n) { it_ += n; }

private:
  json::const_iterator it_;
};

struct make_item {
  adapter operator()(json::const_iterator it) const;
};
struct make_member {
  member operator()(json::const_iterator it) const;
};

class array {
public:
  using const_iterator = schema_adapter::iterator<adapter, make_item>;
  using iterator = const_iterator;

  array() = default;
  explicit array(const json* value) : value_{value} {}
  const_iterator begin() const { return const_iterator{value().begin()}; }
  const_iterator end() const { return const_iterator{value().end()}; }
  size_t size() const { return value().size(); }

private:
  const json& value() const {
    static const auto empty = json(json::value_t::array);
    return value_ != nullptr ? *value_ : empty;
  }
  const json* value_ = nullptr;
};

class object {
public:
  using const_iterator = schema_adapter::iterator<member, make_member>;
  using iterator = const_iterator;

  object() = default;
  explicit object(const json* value) : value_{value} {}
  const_iterator begin() const { return const_iterator{value().begin()}; }
  const_iterator end() const { return const_iterator{value().end()}; }
  const_iterator find(const std::string& name) const { return const_iterator{value().find(name)}; }
  size_t size() const { return value().size(); }

private:
  const json& value() const {
    static const auto empty = json(json::value_t::object);
    return value_ != nullptr ? *value_ : empty;
  }
  const json* value_ = nullptr;
};

/// A value of `enum` or `const`, kept by the compiled schema.
class frozen final : public valijson::adapters::FrozenValue {
public:
  explicit frozen(json value) : value_(std::move(value)) {} // braces would make an array of it
  const json& value() const noexcept { return value_; }
  valijson::adapters::FrozenValue* clone() const override { return new frozen{value_}; }
  bool equalTo(const valijson::adapters::Adapter& other, bool strict) const override;

private:
  json value_;
};

class value {
public:
  value() = default;
  explicit value(const json* x) : value_{x} {}

  valijson::adapters::FrozenValue* freeze() const { return new frozen{get()}; }
  std::optional<array> getArrayOptional() const { return isArray() ? std::optional{array{&get()}} : std::nullopt; }
  std::optional<object> getObjectOptional() const { return isObject() ? std::optional{object{&get()}} : std::nullopt; }
  bool getArraySize(size_t& out) const { return isArray() && (out = get().size(), true); }
  bool getObjectSize(size_t& out) const { return isObject() && (out = get().size(), true); }
  bool getBool(bool& out) const { return isBool() && (out = get().get<bool>(), true); }
  bool getDouble(double& out) const { return isDouble() && (out = get().get<double>(), true); }
  bool getInteger(int64_t& out) const { return isInteger() && (out = get().get<int64_t>(), true); }
  bool getString(std::string& out) const { return isString() && (out = get().get<std::string>(), true); }
  static bool hasStrictTypes() { return true; }
  bool isArray() const { return get().is_array(); }
  bool isBool() const { return get().is_boolean(); }
  bool isDouble() const { return get().is_number_float(); }
  bool isInteger() const { return get().is_number_integer(); }
  bool isNull() const { return get().is_null(); }
  bool isNumber() const { return get().is_number(); }
  bool isObject() const { return get().is_object(); }
  bool isString() const { return get().is_string(); }

private:
  const json& get() const {
    static const auto empty = json(json::value_t::object);
    return value_ != nullptr ? *value_ : empty;
  }
  const json* value_ = nullptr;
};

class adapter : public valijson::adapters::BasicAdapter<adapter, array, member, object, value> {
public:
  adapter() = default;
  explicit adapter(const json* x) : BasicAdapter{value{x}} {}
  explicit adapter(const json& x) : adapter{&x} {}
};

inline adapter make_item::operator()(json::const_iterator it) const { return adapter{&*it}; }

inline member make_member::operator()(json::const_iterator it) const { return {it.key(), adapter{&it.value()}}; }

inline bool frozen::equalTo(const valijson::adapters::Adapter& other, bool strict) const {
  return adapter{&value_}.equalTo(other, strict);
}

} // namespace tidings::schema_adapter

template <>
struct valijson::adapters::AdapterTraits<tidings::schema_adapter::adapter> {
  using DocumentType = tidings::json;
  static std::string adapterName() { return "tidings"; }
};
