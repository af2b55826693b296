# Digests of many small fits: tools/fingerprint compares two commits, and a sample checks that every way gives the same bits.
add_executable(fingerprint fingerprint/main.c fingerprint/cases.c fingerprint/data.c fingerprint/fits.c
               fingerprint/regressions.c)
target_include_directories(fingerprint PRIVATE ${PROJECT_SOURCE_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(fingerprint PRIVATE rlra_flags rlra_static m)
set_target_properties(fingerprint PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME fingerprint COMMAND fingerprint check 4)
set_tests_properties(fingerprint PROPERTIES LABELS property TIMEOUT 300 ENVIRONMENT "OMP_WAIT_POLICY=passive")
rlra_test_every_set(fingerprint COMMAND fingerprint check 16)
