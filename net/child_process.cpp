// SPDX-License-Identifier: MIT
#include "net/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "envelopes/errc.hpp"

namespace tidings::net {

namespace {

// Between fork and exec only async-signal-safe calls are allowed: everything is prepared by the parent.
[[noreturn]] void become(char* const* argv, int log, int report, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127); // it died before the line above
  ::setpgid(0, 0);                         // Ctrl-C in a terminal is for us; we stop the child in order
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  int null = ::open("/dev/null", O_RDONLY);
  if (null >= 0) ::dup2(null, 0);
  ::dup2(log, 1);
  ::dup2(log, 2);
  ::execvp(argv[0], argv);
  int error = errno;
  [[maybe_unused]] auto written = ::write(report, &error, sizeof(error));
  ::_exit(127);
}

} // namespace

caf::expected<std::unique_ptr<child_process>> child_process::start(boost::asio::io_context& io, const std::vector<std::string>& argv,
                                                                   const std::string& log_file, std::function<void(int)> on_exit) {
  std::vector<char*> raw;
  for (auto& arg : argv) raw.push_back(const_cast<char*>(arg.c_str()));
  raw.push_back(nullptr);
  int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return make_error(errc::bad_configuration, "cannot write " + log_file + ": " + std::strerror(errno));
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) {
    ::close(log);
    return make_error(errc::bad_configuration, std::string{"cannot start a process: "} + std::strerror(errno));
  }
  auto parent = ::getpid();
  auto pid = ::fork();
  if (pid == 0) become(raw.data(), log, report[1], parent);
  ::close(log);
  ::close(report[1]);
  int error = pid < 0 ? errno : 0;
  // The pipe closes by itself at a successful exec, so this returns at once in either case.
  if (pid > 0 && ::read(report[0], &error, sizeof(error)) == sizeof(error)) ::waitpid(pid, nullptr, 0);
  ::close(report[0]);
  if (error != 0) return make_error(errc::bad_configuration, argv[0] + ": " + std::strerror(error));
  int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); // glibc 2.36 declares it without extern "C"
  if (pidfd < 0) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return make_error(errc::bad_configuration, std::string{"pidfd_open: "} + std::strerror(errno));
  }
  std::unique_ptr<child_process> result{new child_process{io, pid, pidfd, std::move(on_exit)}};
  result->wait_for_exit();
  return result;
}

child_process::child_process(boost::asio::io_context& io, int pid, int pidfd, std::function<void(int)> on_exit)
    : pid_{pid}, exit_{io, pidfd}, on_exit_{std::move(on_exit)} {}

child_process::~child_process() {
  if (!running_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void child_process::signal(int number) noexcept {
  if (running_) ::kill(pid_, number);
}

void child_process::wait_for_exit() {
  exit_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code ec) {
    if (ec) return; // the object is gone
    int status = 0;
    ::waitpid(pid_, &status, 0);
    running_ = false;
    auto tell = std::move(on_exit_); // it may destroy us
    if (tell) tell(status);
  });
}

} // namespace tidings::net
