// spawn_loop COUNT AT_ONCE PROGRAM: the least that starting programs can cost: posix_spawn and
// wait.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <spawn.h>
#include <sys/wait.h>

extern char** environ;

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: spawn_loop COUNT AT_ONCE PROGRAM\n");
    return 2;
  }
  const long count = std::atol(argv[1]);
  const long at_once = std::atol(argv[2]);
  char* const words[] = {argv[3], nullptr};
  const auto begin = std::chrono::steady_clock::now();
  long begun = 0;
  for (long ended = 0; ended < count;) {
    if (begun < count && begun - ended < at_once) {
      pid_t child = 0;
      if (::posix_spawn(&child, argv[3], nullptr, nullptr, words, environ) != 0) {
        std::fprintf(stderr, "spawn_loop: cannot start %s\n", argv[3]);
        return 1;
      }
      ++begun;
      continue;
    }
    int status = 0;
    if (::wait(&status) < 0 || status != 0) {
      std::fprintf(stderr, "spawn_loop: %s failed\n", argv[3]);
      return 1;
    }
    ++ended;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("{\"ended\": %ld, \"seconds\": %.6f}\n", count, took.count());
  return 0;
}
