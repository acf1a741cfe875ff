#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace dray::cli {

enum class ColorChoice { Auto, Always, Never };

enum class Paint { None, Good, Bad, Busy, Waiting, Dim, Bold };

/// Where the program writes and what may be written there: stdout is data, stderr is talk.
struct Terminal {
  bool out_is_tty = false;
  bool err_is_tty = false;
  bool in_is_tty = false;
  bool color_out = false;
  bool color_err = false;
  std::size_t width = 0;  ///< Columns; 0: not a terminal, write everything in full.
};

/// Asks the system, NO_COLOR, CLICOLOR_FORCE and TERM.
Terminal find_terminal(ColorChoice color);

/// Columns a text takes on a terminal: wide characters two, combining ones none.
std::size_t display_width(std::string_view text);
/// At most `columns` wide, with "…" at its end when something was cut.
std::string shortened(std::string_view text, std::size_t columns);
/// Control characters and broken UTF-8 as '?', line ends and tabs as spaces: what others named or
/// wrote must not steer the terminal.
std::string harmless(std::string_view text);
/// `text` with the colour around it when `is_on`.
std::string painted(std::string_view text, Paint paint, bool is_on);

/// Writes to stdout; ends the program quietly when nobody reads any more.
void write_out(std::string_view text);
/// A line to stderr.
void say(std::string_view line);

}  // namespace dray::cli
