# Included by CMake when the vendored project "llama.cpp" starts: the Python binding needs its library alone, and
# compiling its command-line helpers ("common") would double the time of the build.
set(LLAMA_BUILD_COMMON OFF)
