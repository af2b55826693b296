# The option table, and the command line seen from outside: scripts with expected output and exit code.
rlra_test(api_options unit/api/options.c LABELS unit)
rlra_test(api_options_needs unit/api/options_needs.c LABELS unit)

if(RLRA_CLI)
    rlra_test(cli_parts cli/parts.c LABELS cli)
    target_sources(cli PRIVATE ${PROJECT_SOURCE_DIR}/cli/say.c ${PROJECT_SOURCE_DIR}/cli/spectra.c ${PROJECT_SOURCE_DIR}/cli/text.c
                   ${PROJECT_SOURCE_DIR}/cli/waves.c)
    target_include_directories(cli PRIVATE ${PROJECT_SOURCE_DIR}/cli)

    # cli/wide.sh is cli_wide, cli/nnls/bad.sh is cli_nnls_bad, and cli/nnls/nnls.sh is cli_nnls.
    file(GLOB cli_scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cli/*.sh ${CMAKE_CURRENT_SOURCE_DIR}/cli/*/*.sh)
    foreach(script ${cli_scripts})
        get_filename_component(name ${script} NAME_WE)
        file(RELATIVE_PATH folder ${CMAKE_CURRENT_SOURCE_DIR}/cli ${script}/..)
        if(folder AND NOT folder STREQUAL name)
            string(PREPEND name "${folder}_")
        endif()
        add_test(NAME cli_${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/run ${script} $<TARGET_FILE:rlra_cli>)
        set_tests_properties(cli_${name} PROPERTIES LABELS cli TIMEOUT 120 ENVIRONMENT "OMP_WAIT_POLICY=passive")
        rlra_test_every_set(cli_${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/run ${script} $<TARGET_FILE:rlra_cli>)
    endforeach()
endif()
