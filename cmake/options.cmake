# What every target of ours shares. Third-party headers come in as SYSTEM.
option(TIDINGS_WERROR "Treat warnings as errors (CI does)" OFF)
set(TIDINGS_SANITIZER "" CACHE STRING "asan (with UBSan), tsan or empty")

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_include_directories(project_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wno-restrict # GCC 12 warns of std::string + (bug 105651)
  $<$<BOOL:${TIDINGS_WERROR}>:-Werror>)
target_compile_definitions(project_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)

if(TIDINGS_SANITIZER STREQUAL "asan")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(TIDINGS_SANITIZER STREQUAL "tsan")
  # Asio's fences are not understood by TSan; its locks are.
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_link_options(-fsanitize=thread)
endif()

# Linking Asio and CAF takes long to compile again and again: ccache pays on every rebuild.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()
