# dray_room(NAME SOURCES a.cc... [PUBLIC rooms...] [PRIVATE libraries...])
# A room is a static library named dray_NAME. PUBLIC names what its headers need, PRIVATE the third
# parties that only its sources know.
function(dray_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(dray_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(dray_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(dray_${name} PUBLIC ${ROOM_PUBLIC} PRIVATE dray_warnings ${ROOM_PRIVATE})
endfunction()

# dray_program(NAME SOURCES main.cc... LIBRARIES ...): an executable in bin/.
function(dray_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE DRAY_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${name} PRIVATE dray_warnings ${PROGRAM_LIBRARIES})
endfunction()

# dray_test(NAME LABEL SOURCES ... LIBRARIES ...): a GoogleTest program (bin/tests/NAME); each of its
# tests is a ctest test with that label (unit, scenario, property, sim, e2e). SERIAL: nothing else
# runs beside them.
function(dray_test name label)
  cmake_parse_arguments(TEST "SERIAL" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/tests)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE dray_warnings GTest::gtest GTest::gtest_main ${TEST_LIBRARIES})
  set(serial)
  if(TEST_SERIAL)
    set(serial RUN_SERIAL ON)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${label} TIMEOUT 1200
    ${serial})
endfunction()
