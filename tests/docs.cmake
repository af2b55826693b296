# The documentation holds what the program prints, and its links lead somewhere.
add_test(NAME docs_links COMMAND ${PROJECT_SOURCE_DIR}/tools/check-links)
set_tests_properties(docs_links PROPERTIES LABELS docs)
if(TARGET rlra_cli)
    add_test(NAME docs_match_the_program COMMAND ${PROJECT_SOURCE_DIR}/tools/make-docs --check $<TARGET_FILE:rlra_cli>)
    set_tests_properties(docs_match_the_program PROPERTIES LABELS docs)
endif()
