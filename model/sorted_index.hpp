// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "model/listing.hpp"

namespace tidings {

/// The live documents of a table in the order of one field: missing and null, then booleans, numbers, strings, then
/// anything else; equal values by key. Holds no document: the table keeps each one alive as long as it is in here.
class sorted_index {
public:
  /// A place in the order, taken or not.
  struct position {
    const json& value; ///< Null if the document has no such field.
    std::string_view key;
  };

  /// @param field Empty: by key.
  explicit sorted_index(std::string field) : field_{std::move(field)} {}

  void insert(const stored_document& x) { entries_.insert(entry_of(x)); }
  void erase(const stored_document& x) { entries_.erase(entry_of(x)); }

  /// The document's value of the index's field; null if it has none.
  json value_in(const stored_document& x) const;

  /// Calls `visit` for each document after `from` (from the start if null) until it returns false.
  /// @returns whether it came to the end.
  template <class Visit>
  bool ascend(const position* from, Visit visit) const {
    auto it = from != nullptr ? entries_.upper_bound(*from) : entries_.begin();
    for (; it != entries_.end(); ++it)
      if (!visit(*it->document)) return false;
    return true;
  }

  /// The same from the end towards the start.
  template <class Visit>
  bool descend(const position* from, Visit visit) const {
    auto it = from != nullptr ? entries_.lower_bound(*from) : entries_.end();
    while (it != entries_.begin())
      if (!visit(*(--it)->document)) return false;
    return true;
  }

private:
  struct entry {
    /// Never greater than that of an entry behind: most comparisons end here, in the tree's own node, where a look at the documents
    /// would be three misses of the cache.
    uint64_t head;
    json value;
    const stored_document* document;
    position where() const { return {value, document->key}; }
  };
  struct less {
    using is_transparent = void;
    bool operator()(const entry& a, const entry& b) const {
      return a.head != b.head ? a.head < b.head : compare(a.where(), b.where());
    }
    bool operator()(const entry& a, const position& b) const { return compare(a.where(), b); }
    bool operator()(const position& a, const entry& b) const { return compare(a, b.where()); }
    static bool compare(const position& a, const position& b);
  };

  entry entry_of(const stored_document& x) const;

  std::string field_;
  std::set<entry, less> entries_;
};

} // namespace tidings
