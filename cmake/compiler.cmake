# Flags of every target, as one interface library.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(rlra_flags INTERFACE)
target_compile_features(rlra_flags INTERFACE c_std_11)
target_compile_definitions(rlra_flags INTERFACE _POSIX_C_SOURCE=200809L)
target_compile_options(rlra_flags INTERFACE
    -fno-math-errno -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
    -Wcast-qual -Wwrite-strings -Wundef -Wno-unknown-pragmas)
if(RLRA_WERROR)
    target_compile_options(rlra_flags INTERFACE -Werror)
endif()
if(RLRA_SANITIZE)
    target_compile_options(rlra_flags INTERFACE -fsanitize=${RLRA_SANITIZE} -fno-omit-frame-pointer
                           -fno-sanitize-recover=all)
    target_link_options(rlra_flags INTERFACE -fsanitize=${RLRA_SANITIZE})
endif()
if(RLRA_COVERAGE)
    target_compile_options(rlra_flags INTERFACE --coverage)
    target_link_options(rlra_flags INTERFACE --coverage)
endif()
