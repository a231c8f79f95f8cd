# kfctl_embed(TARGET SYMBOL DIRECTORY FILES...) compiles files into TARGET as
#   extern const kfctl::EmbeddedFile SYMBOL[]; extern const size_t SYMBOL_count;
# sorted by path relative to DIRECTORY (base/embedded.h). The same files give the same bytes.
function(kfctl_embed target symbol directory)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  list(SORT ARGN)
  list(TRANSFORM ARGN PREPEND ${directory}/ OUTPUT_VARIABLE paths)
  # The list travels in a file: a command line has a length limit, and ';' needs no escaping there.
  string(REPLACE ";" "\n" lines "${ARGN}")
  file(CONFIGURE OUTPUT ${source}.list CONTENT "${lines}" @ONLY)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D symbol=${symbol} -D directory=${directory} -D list=${source}.list
            -D output=${source} -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${paths} ${source}.list ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    COMMENT "Embedding ${symbol}"
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
