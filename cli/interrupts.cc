#include "cli/interrupts.h"

#include <atomic>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "model/check.h"

namespace dray::cli {
namespace {

std::atomic<bool> interrupted = false;
std::atomic<bool> terminated = false;
int pipe_ends[2] = {-1, -1};

void on_signal(int signal_number) {
  interrupted = true;
  if (signal_number == SIGTERM) {
    terminated = true;
  }
  const char byte = 0;
  // A full pipe wakes the waiter just as well.
  [[maybe_unused]] const ssize_t written = ::write(pipe_ends[1], &byte, 1);
}

}  // namespace

void Interrupts::take_over() {
  if (pipe_ends[0] >= 0) {
    return;
  }
  CHECK(pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) == 0);
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool Interrupts::is_pending() const {
  return interrupted;
}

bool Interrupts::is_termination() const {
  return terminated;
}

void Interrupts::clear() {
  char bytes[64];
  while (pipe_ends[0] >= 0 && ::read(pipe_ends[0], bytes, sizeof bytes) > 0) {
  }
  interrupted = false;
}

bool Interrupts::wait(Duration pause) const {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(pause).count();
  pollfd entry{pipe_ends[0], POLLIN, 0};
  // A negative descriptor is ignored by poll: then this is a plain pause.
  poll(&entry, 1, static_cast<int>(ms));
  return interrupted;
}

}  // namespace dray::cli
