// SPDX-License-Identifier: MIT
#include "app/progress.hpp"

#include <algorithm>
#include <iostream>

#include <unistd.h>

#include "app/progress_text.hpp"

namespace tidings {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto terminal_pace = 100ms;
constexpr auto line_pace = 5s;

} // namespace

progress::progress(bool quiet) : quiet_{quiet}, terminal_{isatty(STDERR_FILENO) == 1} {}

void progress::begin(std::string what, uint64_t total) {
  what_ = std::move(what);
  total_ = total;
  width_ = 0;
  started_ = said_ = steady::now();
}

void progress::reached(uint64_t done) {
  if (steady::now() - said_ >= (terminal_ ? steady::duration{terminal_pace} : steady::duration{line_pace})) say(done, false);
}

void progress::end(uint64_t done) {
  say(done, true);
}

void progress::say(uint64_t done, bool last) {
  said_ = steady::now();
  if (quiet_) return;
  auto text = progress_text(what_, done, total_, said_ - started_);
  if (!terminal_) {
    std::cerr << text << std::endl;
    return;
  }
  auto width = text.size();
  if (width < width_) text.append(width_ - width, ' '); // over what the line before left
  width_ = width;
  std::cerr << '\r' << text << (last ? "\n" : "") << std::flush;
}

} // namespace tidings
