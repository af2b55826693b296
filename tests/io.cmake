# Files: readers, writers, hostile input.
rlra_test(api_array unit/api/array.c LABELS unit)

function(rlra_io_test name)
    rlra_test(io_${name} unit/io/${name}.c LABELS unit ${ARGN}
              DEFINITIONS RLRA_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data/io" _XOPEN_SOURCE=700)
endfunction()

rlra_io_test(readers)
rlra_io_test(writers)
rlra_io_test(choose)
rlra_io_test(tables)
rlra_io_test(tables_found)
rlra_io_test(tables_large)
rlra_io_test(tables_numbers)
rlra_io_test(hostile)
rlra_io_test(containers)
# Another fstatvfs() than the system's.
rlra_io_test(packed PROGRAM io_packed)
rlra_io_test(others)
rlra_io_test(faults)
rlra_io_test(envi)
rlra_io_test(hdf5_sets)
rlra_io_test(hdf5_steps)

# What gives bytes to the readers, and what changes files so that they stay nearly right.
set(fuzz_sources fuzz/io_try.c fuzz/try_checkpoint.c fuzz/try_words.c fuzz/targets.c fuzz/mutate/mutate.c fuzz/mutate/npy.c
                 fuzz/mutate/zip.c fuzz/mutate/matlab.c fuzz/mutate/hdf5.c fuzz/mutate/checkpoint.c)

# Mutations of the sample files under every reader, and all kept files again.
rlra_test(io_mutations fuzz/io_mutations.c PROGRAM io_mutations LABELS unit
          SOURCES fuzz/io_try.c DEFINITIONS RLRA_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data/io")
target_compile_definitions(io_mutations PRIVATE _XOPEN_SOURCE=700)
add_executable(fuzz_replay fuzz/replay.c ${fuzz_sources})
target_include_directories(fuzz_replay PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include
                           ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_definitions(fuzz_replay PRIVATE RLRA_FUZZ_HOME="${CMAKE_CURRENT_SOURCE_DIR}/fuzz" _XOPEN_SOURCE=700)
target_compile_options(fuzz_replay PRIVATE -O1)
target_link_libraries(fuzz_replay PRIVATE rlra_flags rlra_static OpenMP::OpenMP_C PkgConfig::OPENBLAS PkgConfig::ZLIB m)
set_target_properties(fuzz_replay PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME fuzz_replay COMMAND fuzz_replay)
set_tests_properties(fuzz_replay PROPERTIES LABELS fuzz TIMEOUT 300 ENVIRONMENT "OMP_WAIT_POLICY=passive")

option(RLRA_FUZZ "build the libFuzzer target (clang, and RLRA_SANITIZE=fuzzer-no-link,address,undefined)" OFF)
if(RLRA_FUZZ)
    add_executable(fuzz_readers fuzz/fuzz.c ${fuzz_sources})
    target_include_directories(fuzz_readers PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include
                               ${CMAKE_CURRENT_SOURCE_DIR})
    target_compile_definitions(fuzz_readers PRIVATE _XOPEN_SOURCE=700)
    target_link_libraries(fuzz_readers PRIVATE rlra_flags rlra_static OpenMP::OpenMP_C PkgConfig::OPENBLAS PkgConfig::ZLIB m)
    target_link_options(fuzz_readers PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz_readers PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endif()
