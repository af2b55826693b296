# Tests of what is installed, what is exported, and of the checkers in tools/.
set(install_tests ${CMAKE_CURRENT_SOURCE_DIR}/install)
find_program(CXX_FOR_CONSUMERS NAMES c++ g++ clang++ REQUIRED)

add_test(NAME exported_symbols COMMAND ${install_tests}/exported-symbols.sh $<TARGET_FILE:rlra>
         ${PROJECT_SOURCE_DIR}/include)
add_test(NAME checkers COMMAND ${install_tests}/checkers.sh ${PROJECT_SOURCE_DIR})
set_tests_properties(exported_symbols checkers PROPERTIES LABELS install)

# A library built with sanitizers or for coverage needs programs built the same way.
if(NOT RLRA_SANITIZE AND NOT RLRA_COVERAGE)
    add_test(NAME consumers COMMAND ${install_tests}/consumers.sh ${CMAKE_BINARY_DIR} ${CMAKE_C_COMPILER}
             ${CXX_FOR_CONSUMERS})
    set_tests_properties(consumers PROPERTIES LABELS install ENVIRONMENT "OMP_WAIT_POLICY=passive")
endif()
