// SPDX-License-Identifier: MIT
#pragma once

#include <any>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

namespace tidings {

/// What fakes received, in the order in which it came. Several fakes may share one, to compare when each heard what.
class journal {
public:
  template <class T>
  void add(const T& message) {
    entries_.emplace_back(message);
  }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> result;
    for (auto& entry : entries_)
      if (auto* message = std::any_cast<T>(&entry)) result.push_back(*message);
    return result;
  }

  template <class T>
  size_t count() const {
    return all<T>().size();
  }

  /// The newest of its type; a test that asks for one that never came ends.
  template <class T>
  T last() const {
    auto found = all<T>();
    if (found.empty()) throw std::runtime_error{std::string{"nothing came of type "} + typeid(T).name()};
    return found.back();
  }

  /// How many messages of any type came before the first of this one.
  template <class T>
  std::optional<size_t> position() const {
    for (size_t i = 0; i < entries_.size(); ++i)
      if (std::any_cast<T>(&entries_[i]) != nullptr) return i;
    return std::nullopt;
  }

  /// Both came, the first `Earlier` before the first `Later`.
  template <class Earlier, class Later>
  bool came_before() const {
    auto earlier = position<Earlier>();
    auto later = position<Later>();
    return earlier && later && *earlier < *later;
  }

  void clear() { entries_.clear(); }

private:
  std::vector<std::any> entries_;
};

} // namespace tidings
