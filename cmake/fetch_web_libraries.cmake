# cmake -DWEB_DIR= -DTO= -DNPM= -P: what package-lock.json pins, into TO/node_modules. No script of
# a package is run; nothing that only development needs is fetched.
file(MAKE_DIRECTORY ${TO})
file(REMOVE ${TO}/fetched)
file(COPY ${WEB_DIR}/package.json ${WEB_DIR}/package-lock.json DESTINATION ${TO})
if(EXISTS ${WEB_DIR}/.npmrc)
  file(COPY ${WEB_DIR}/.npmrc DESTINATION ${TO})
endif()
execute_process(
  COMMAND ${NPM} ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
  WORKING_DIRECTORY ${TO} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed)
  message(FATAL_ERROR "npm could not fetch the status page's libraries:\n${said}")
endif()
file(TOUCH ${TO}/fetched)
