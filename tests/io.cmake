# Files: readers, writers, hostile input.
rlra_test(api_array unit/api/array.c LABELS unit)

function(rlra_io_test name)
    rlra_test(io_${name} unit/io/${name}.c LABELS unit)
    target_compile_definitions(io_${name} PRIVATE RLRA_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data/io" _XOPEN_SOURCE=700)
endfunction()

rlra_io_test(readers)
rlra_io_test(writers)
rlra_io_test(choose)
rlra_io_test(tables)
rlra_io_test(tables_found)
rlra_io_test(tables_large)
rlra_io_test(hostile)
rlra_io_test(faults)
rlra_io_test(envi)

# Mutations of the sample files under every reader, as a test; with clang and RLRA_FUZZ also libFuzzer targets.
rlra_test(io_mutations fuzz/io_mutations.c LABELS unit)
target_sources(io_mutations PRIVATE fuzz/io_try.c)
target_compile_definitions(io_mutations PRIVATE RLRA_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data/io" _XOPEN_SOURCE=700)

option(RLRA_FUZZ "build the libFuzzer targets (clang, and RLRA_SANITIZE=fuzzer-no-link,address,undefined)" OFF)
if(RLRA_FUZZ)
    foreach(format npy npz mat h5 csv hdr mtx tns)
        add_executable(fuzz_io_${format} fuzz/io.c fuzz/io_try.c)
        target_include_directories(fuzz_io_${format} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
        target_compile_definitions(fuzz_io_${format} PRIVATE RLRA_FUZZ_ENDING=".${format}" _XOPEN_SOURCE=700)
        target_link_libraries(fuzz_io_${format} PRIVATE rlra_flags rlra_static OpenMP::OpenMP_C PkgConfig::OPENBLAS m)
        target_link_options(fuzz_io_${format} PRIVATE -fsanitize=fuzzer)
        set_target_properties(fuzz_io_${format} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    endforeach()
endif()
