# cmake -DWEB_DIR= -DFILES= -DLIBRARIES= -DTO= -P: writes TO/web_files.S and TO/web_files.cc, the
# bytes and the table of the status page's files, with gzip copies where these are smaller.
set(served "")
foreach(file ${FILES})
  list(APPEND served "${file}|${WEB_DIR}/${file}")
endforeach()
if(EXISTS ${WEB_DIR}/libraries.txt)
  file(STRINGS ${WEB_DIR}/libraries.txt lines REGEX "^[^#]")
  foreach(line ${lines})
    if(NOT line MATCHES "^([^ \t]+)[ \t]+([^ \t]+)[ \t]*$")
      message(FATAL_ERROR "web/libraries.txt: '${line}' is not SERVED-PATH PATH-IN-NODE_MODULES.")
    endif()
    list(APPEND served "${CMAKE_MATCH_1}|${LIBRARIES}/node_modules/${CMAKE_MATCH_2}")
  endforeach()
endif()
list(SORT served)

set(assembler "# Made by cmake/write_web_files.cmake.\n.section .rodata\n")
set(declarations "")
set(rows "")
set(all "")
set(number 0)
set(gzips ${TO}/gzip)
file(REMOVE_RECURSE ${gzips})
file(MAKE_DIRECTORY ${gzips})
macro(embed symbol file)
  string(APPEND assembler ".balign 16\n.globl ${symbol}\n${symbol}:\n.incbin \"${file}\"\n"
    ".globl ${symbol}_end\n${symbol}_end:\n.byte 0\n")
  string(APPEND declarations "extern const char ${symbol}[];\nextern const char ${symbol}_end[];\n")
endmacro()
foreach(one ${served})
  string(REPLACE "|" ";" one "${one}")
  list(GET one 0 path)
  list(GET one 1 file)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "web/libraries.txt names ${file}, which is not there.")
  endif()
  file(SHA256 ${file} sha256)
  string(APPEND all "${path} ${sha256}\n")
  embed(dray_web_${number} ${file})
  set(gzip "{}")
  execute_process(COMMAND gzip -9nc ${file} OUTPUT_FILE ${gzips}/${number}.gz RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "gzip failed on ${file}.")
  endif()
  file(SIZE ${file} size)
  file(SIZE ${gzips}/${number}.gz gzip_size)
  if(gzip_size LESS size)
    embed(dray_web_gzip_${number} ${gzips}/${number}.gz)
    set(gzip "bytes(dray_web_gzip_${number}, dray_web_gzip_${number}_end)")
  endif()
  string(APPEND rows "      {\"${path}\", bytes(dray_web_${number}, dray_web_${number}_end),\n"
    "       ${gzip}, \"${sha256}\"},\n")
  math(EXPR number "${number} + 1")
endforeach()
string(APPEND assembler ".section .note.GNU-stack,\"\",@progbits\n")
string(SHA256 hash "${all}")
string(SUBSTRING ${hash} 0 16 hash)

file(WRITE ${TO}/web_files.S "${assembler}")
file(WRITE ${TO}/web_files.cc "// Made by cmake/write_web_files.cmake.
#include \"api/server/web_files.h\"

#include <cstddef>
#include <vector>

extern \"C\" {
${declarations}}

namespace dray::server {
namespace {

[[maybe_unused]] std::string_view bytes(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const WebFile> embedded_web_files() {
  static const std::vector<WebFile> kFiles = {
${rows}  };
  return kFiles;
}

std::string_view embedded_web_hash() {
  return \"${hash}\";
}

}  // namespace dray::server
")
