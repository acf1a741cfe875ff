#include "agent/supervisor/vfork_into.h"

#include <cerrno>
#include <csignal>
#include <cstdint>

#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dray::supervisor {
namespace {

// Sanitizers know the stack of a child of vfork only when they see the call.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHasSystemCall = false;
#elif defined(__x86_64__) || defined(__aarch64__)
constexpr bool kHasSystemCall = true;
#else
constexpr bool kHasSystemCall = false;
#endif

/// The system call itself. A function around it would return twice, the second time to where the
/// child has overwritten the stack; so it must be inlined.
[[gnu::always_inline]] inline long clone_here(clone_args& arguments) {
#if defined(__x86_64__)
  long result = SYS_clone3;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(&arguments), "S"(sizeof arguments)
               : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long result asm("x0") = reinterpret_cast<long>(&arguments);
  register long size asm("x1") = sizeof arguments;
  register long number asm("x8") = SYS_clone3;
  asm volatile("svc 0" : "+r"(result) : "r"(size), "r"(number) : "memory");
  return result;
#else
  (void)arguments;
  return -ENOSYS;
#endif
}

}  // namespace

[[gnu::noinline]] pid_t vfork_into(int folder, VforkChild child, void* what) {
  if (!kHasSystemCall) {
    errno = ENOSYS;
    return -1;
  }
  clone_args arguments{};
  arguments.flags = CLONE_VM | CLONE_VFORK | CLONE_INTO_CGROUP;
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<std::uint64_t>(folder);
  const long result = clone_here(arguments);
  if (result == 0) {
    child(what);  // In a frame below this one, which stays as it is for the parent.
    ::_exit(127);
  }
  if (result < 0) {
    errno = static_cast<int>(-result);
    return -1;
  }
  return static_cast<pid_t>(result);
}

}  // namespace dray::supervisor
