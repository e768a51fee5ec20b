// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace tidings {

/// A place where a test can make this process die as by `kill -9`: the environment variable `TIDINGS_FAILPOINT=name[:n]` kills
/// it when `name` is passed for the n-th time (the first, if not said). Only in builds with the CMake option
/// TIDINGS_FAILPOINTS (preset `chaos`); in all others it does nothing.
void failpoint(std::string_view name) noexcept;

} // namespace tidings
