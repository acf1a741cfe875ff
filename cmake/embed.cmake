# The status page inside the binary: what web/ holds and the libraries it names become one assembler
# file of `.incbin`s and a table. The libraries are never committed: npm fetches what the lock file
# pins, into the build folder.
set(DRAY_WEB_DIR ${PROJECT_SOURCE_DIR}/web)

# dray_embed_web(OUT): OUT becomes the list of sources to compile (api/server/web_files.h).
function(dray_embed_web out)
  set(libraries ${CMAKE_BINARY_DIR}/web/libraries)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${DRAY_WEB_DIR}
    ${DRAY_WEB_DIR}/*.html ${DRAY_WEB_DIR}/*.js ${DRAY_WEB_DIR}/*.mjs ${DRAY_WEB_DIR}/*.css
    ${DRAY_WEB_DIR}/*.svg ${DRAY_WEB_DIR}/*.png ${DRAY_WEB_DIR}/*.ico ${DRAY_WEB_DIR}/*.woff2
    ${DRAY_WEB_DIR}/*.txt)
  list(FILTER files EXCLUDE REGEX "^(node_modules|tests?|e2e)/|\\.test\\.m?js$|^libraries\\.txt$")
  list(SORT files)
  set(depends ${files})
  list(TRANSFORM depends PREPEND ${DRAY_WEB_DIR}/)

  if(EXISTS ${DRAY_WEB_DIR}/package-lock.json AND EXISTS ${DRAY_WEB_DIR}/libraries.txt)
    find_program(NPM npm)
    if(NOT NPM)
      message(FATAL_ERROR "npm is missing, which fetches the status page's libraries: "
        "install it (on Debian: apt-get install npm), then configure again.")
    endif()
    add_custom_command(OUTPUT ${libraries}/fetched
      COMMAND ${CMAKE_COMMAND} -DWEB_DIR=${DRAY_WEB_DIR} -DTO=${libraries} -DNPM=${NPM}
        -P ${PROJECT_SOURCE_DIR}/cmake/fetch_web_libraries.cmake
      DEPENDS ${DRAY_WEB_DIR}/package.json ${DRAY_WEB_DIR}/package-lock.json
        ${PROJECT_SOURCE_DIR}/cmake/fetch_web_libraries.cmake
      COMMENT "Fetching the status page's libraries" VERBATIM)
    list(APPEND depends ${libraries}/fetched ${DRAY_WEB_DIR}/libraries.txt)
  endif()

  set(made ${CMAKE_BINARY_DIR}/web/web_files.S ${CMAKE_BINARY_DIR}/web/web_files.cc)
  add_custom_command(OUTPUT ${made}
    COMMAND ${CMAKE_COMMAND} -DWEB_DIR=${DRAY_WEB_DIR} "-DFILES=${files}" -DLIBRARIES=${libraries}
      -DTO=${CMAKE_BINARY_DIR}/web -P ${PROJECT_SOURCE_DIR}/cmake/write_web_files.cmake
    DEPENDS ${depends} ${PROJECT_SOURCE_DIR}/cmake/write_web_files.cmake
    COMMENT "Embedding the status page" VERBATIM)
  set(${out} ${made} PARENT_SCOPE)
endfunction()
