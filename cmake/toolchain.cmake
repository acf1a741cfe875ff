# How everything is compiled: C++20, our warnings, hardening in release, ccache and mold when present.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Line tables are enough for backtraces and sanitizers, and compile a quarter faster than all of it:
# -DCMAKE_CXX_FLAGS_DEBUG=-ggdb when a debugger is to see variables.
if(CMAKE_CXX_FLAGS_DEBUG STREQUAL "-g")
  set(CMAKE_CXX_FLAGS_DEBUG -g1)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Paths are hashed relative to the checkout, so that worktrees and clean clones share what was
  # compiled in another.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    CCACHE_NOHASHDIR=1 ${CCACHE})
  add_compile_options(-fdebug-prefix-map=${PROJECT_SOURCE_DIR}=.)
  if(CMAKE_UNITY_BUILD)  # Sources are included there by their whole path.
    add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}=.)
  endif()
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Only our own targets link this.
add_library(dray_warnings INTERFACE)
target_compile_options(dray_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wno-missing-field-initializers)
if(CMAKE_UNITY_BUILD)
  target_compile_options(dray_warnings INTERFACE -Wno-subobject-linkage)  # Sources are no headers.
endif()
if(DRAY_WERROR)
  target_compile_options(dray_warnings INTERFACE -Werror)
endif()

if(DRAY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(dray_warnings INTERFACE -Wno-unused-lambda-capture -Wno-unused-private-field)
  endif()
endif()

if(DRAY_SANITIZE)
  add_compile_options(-fsanitize=${DRAY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${DRAY_SANITIZE})
  # The check of vtable pointers opens a pipe to see whether memory is readable, and calls an object
  # broken when no descriptor is free; tests of such shortages would fail by it, now and then.
  add_compile_options(-fno-sanitize=vptr)
  if(DRAY_SANITIZE MATCHES thread)
    # It does not understand fences; Asio's are beside mutexes that it does.
    add_compile_options(-Wno-tsan)
  endif()
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_definitions(_GLIBCXX_ASSERTIONS _FORTIFY_SOURCE=3)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
  add_link_options(-pie -Wl,-z,relro,-z,now)
endif()
