# What every target of ours shares. Third-party headers come in as SYSTEM.
option(TIDINGS_WERROR "Treat warnings as errors (CI does)" OFF)
option(TIDINGS_FAILPOINTS "Let TIDINGS_FAILPOINT kill the process at a named place (tests/chaos)" OFF)
set(TIDINGS_SANITIZER "" CACHE STRING "asan (with UBSan), tsan or empty")

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_include_directories(project_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> # GCC 12 warns of std::string + (bug 105651)
  # GCC 12 warns falsely of its own headers under the sanitizers, and in tests.
  $<$<AND:$<BOOL:${TIDINGS_WERROR}>,$<NOT:$<BOOL:${TIDINGS_SANITIZER}>>,$<NOT:$<BOOL:$<TARGET_PROPERTY:TIDINGS_WARNINGS_ALLOWED>>>>:-Werror>)
target_compile_definitions(project_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)

if(TIDINGS_SANITIZER STREQUAL "asan")
  # CAF 0.17 binds a reference to a null empty tuple in every spawn of a function without arguments; ASan sees real ones.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(TIDINGS_SANITIZER STREQUAL "tsan")
  # Asio's fences are not understood by TSan; its locks are.
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_link_options(-fsanitize=thread)
endif()

option(TIDINGS_FUZZ "Build tests/fuzz for libFuzzer (clang only)" OFF)
if(TIDINGS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=null,vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# Beast, CAF and JSON take long to compile again and again. Paths are made relative, so that a second checkout profits from
# the first; the sloppiness is what ccache asks for before it handles precompiled headers.
find_program(CCACHE ccache)
if(CCACHE)
  set(launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  add_compile_options("$<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>")
endif()
