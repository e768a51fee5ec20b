// SPDX-License-Identifier: MIT
#include "model/schema.hpp"

#include <exception>

#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>

#include "model/schema_adapter.hpp"
#include "model/schema_guard.hpp"
#include "model/schema_visitor.hpp"

namespace tidings {

namespace {

class compiled_schema final : public json_schema {
public:
  compiled_schema(const json& schema, schema_patterns patterns) : patterns_{std::move(patterns)} {
    valijson::SchemaParser{}.populateSchema(schema_adapter::adapter{&schema}, schema_);
  }

  std::vector<field_error> violations(const json& value) const override {
    schema_check::place root;
    // Nearly every value is valid: find that out without collecting anything.
    if (schema_check::visitor{patterns_, value, root, nullptr}.check(schema_)) return {};
    schema_check::violation_list list;
    schema_check::visitor{patterns_, value, root, &list}.check(schema_);
    return std::move(list.errors);
  }

private:
  schema_patterns patterns_;
  valijson::Schema schema_;
};

} // namespace

caf::expected<std::shared_ptr<const json_schema>> json_schema::compile(const json& schema) {
  auto patterns = guard_schema(schema);
  if (!patterns) return patterns.error();
  try {
    return std::shared_ptr<const json_schema>{std::make_shared<compiled_schema>(schema, std::move(*patterns))};
  } catch (const std::exception& e) {
    return make_error(errc::bad_model, e.what());
  }
}

} // namespace tidings
