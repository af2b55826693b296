# Tests of the Python package, with pytest in a virtual environment of their own. Skipped where it cannot be made.
# A library built with sanitizers or for coverage needs a program built the same way.
if(NOT RLRA_SANITIZE AND NOT RLRA_COVERAGE)
    add_test(NAME python COMMAND ${PROJECT_SOURCE_DIR}/tools/test-python ${CMAKE_BINARY_DIR})
    set_tests_properties(python PROPERTIES LABELS python RESOURCE_LOCK python TIMEOUT 1200 SKIP_RETURN_CODE 77)
    # One after the other, as they share the environment; by then it is there.
    rlra_test_every_set(python COMMAND ${PROJECT_SOURCE_DIR}/tools/test-python ${CMAKE_BINARY_DIR}
                        PROPERTIES TIMEOUT 1200 SKIP_RETURN_CODE 77 DEPENDS python RESOURCE_LOCK python)
endif()
