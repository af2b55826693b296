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
rlra_io_test(hostile)
rlra_io_test(faults)
