// SPDX-License-Identifier: MIT
// The one translation unit that carries CAF's test runner.
#include <caf/test/unit_test.hpp>
#include <caf/test/unit_test_impl.hpp>
