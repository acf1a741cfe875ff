#include "cli/terminal.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace dray::cli {
namespace {

constexpr char32_t kBroken = 0xfffd;

/// The next character of UTF-8; kBroken and one byte when it is none.
char32_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80       ? 1
                             : first >> 5 == 6  ? 2
                             : first >> 4 == 14 ? 3
                             : first >> 3 == 30 ? 4
                                                : 0;
  if (length == 0 || length > text.size()) {
    text.remove_prefix(1);
    return kBroken;
  }
  char32_t value = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if (next >> 6 != 2) {
      text.remove_prefix(1);
      return kBroken;
    }
    value = value << 6 | (next & 0x3fU);
  }
  text.remove_prefix(length);
  return value;
}

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
  for (const Range& range : ranges) {
    if (c >= range.first && c <= range.last) {
      return true;
    }
  }
  return false;
}

std::size_t width_of(char32_t c) {
  static constexpr std::array kNone = {Range{0x0300, 0x036f}, Range{0x200b, 0x200f},
                                       Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}};
  static constexpr std::array kWide = {Range{0x1100, 0x115f},   Range{0x2e80, 0xa4cf},
                                       Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
                                       Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
                                       Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f},
                                       Range{0x1f900, 0x1faff}, Range{0x20000, 0x3fffd}};
  if (is_in(kNone, c)) {
    return 0;
  }
  return is_in(kWide, c) ? 2 : 1;
}

bool environment_says(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

bool wants_color(ColorChoice choice, bool is_tty) {
  switch (choice) {
    case ColorChoice::Always:
      return true;
    case ColorChoice::Never:
      return false;
    case ColorChoice::Auto:
      break;
  }
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') {
    return false;
  }
  if (environment_says("CLICOLOR_FORCE")) {
    return true;
  }
  const char* term = std::getenv("TERM");
  return is_tty && term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

Terminal find_terminal(ColorChoice color) {
  Terminal terminal;
  terminal.out_is_tty = isatty(STDOUT_FILENO) == 1;
  terminal.err_is_tty = isatty(STDERR_FILENO) == 1;
  terminal.in_is_tty = isatty(STDIN_FILENO) == 1;
  terminal.color_out = wants_color(color, terminal.out_is_tty);
  terminal.color_err = wants_color(color, terminal.err_is_tty);
  winsize size{};
  if ((terminal.out_is_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) ||
      (terminal.err_is_tty && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0)) {
    terminal.width = size.ws_col == 0 ? 80 : size.ws_col;
  }
  return terminal;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    width += width_of(take_character(text));
  }
  return width;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) {
    return std::string(text);
  }
  if (columns == 0) {
    return "";
  }
  std::string out;
  std::size_t width = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view before = rest;
    width += width_of(take_character(rest));
    if (width > columns - 1) {
      break;
    }
    out += before.substr(0, before.size() - rest.size());
  }
  return out + "…";
}

std::string harmless(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = take_character(text);
    if (c == '\n' || c == '\t' || c == '\r') {
      out += ' ';
    } else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == kBroken) {
      out += '?';
    } else {
      out += before.substr(0, before.size() - text.size());
    }
  }
  return out;
}

std::string painted(std::string_view text, Paint paint, bool is_on) {
  const auto with = [&](const char* code) {
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  };
  if (!is_on || text.empty()) {
    return std::string(text);
  }
  switch (paint) {
    case Paint::None:
      return std::string(text);
    case Paint::Good:
      return with("32");
    case Paint::Bad:
      return with("31");
    case Paint::Busy:
      return with("36");
    case Paint::Waiting:
      return with("33");
    case Paint::Dim:
      return with("2");
    case Paint::Bold:
      return with("1");
  }
  return std::string(text);
}

void write_out(std::string_view text) {
  const bool is_written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!is_written || std::fflush(stdout) != 0) {
    std::_Exit(128 + 13);
  }
}

void say(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

}  // namespace dray::cli
