# Several starts and their agreement, checkpoints, plans.
rlra_test(linalg_assign unit/linalg/assign.c LABELS unit)
rlra_test(api_match unit/api/match.c LABELS unit)
rlra_typed_test(property_resume property/resume.c LABELS property)
rlra_test(core_hash unit/core/hash.c LABELS unit)
rlra_typed_test(api_checkpoint unit/api/checkpoint.c LABELS unit)
rlra_typed_test(api_checkpoint_damage unit/api/checkpoint_damage.c LABELS unit)
rlra_typed_test(api_plan unit/api/plan.c LABELS unit)
rlra_typed_test(api_starts unit/api/starts.c LABELS unit)
rlra_typed_test(api_batch unit/api/batch.c LABELS unit)

# Every change of the file system fails in turn. A sanitizer would have to be loaded before the shim.
rlra_io_test(folder)
rlra_typed_test(robust_guest robust/guest.c LABELS robust)
# One table of example invocations, through which sanitizers, valgrind, faults and limits walk.
if(RLRA_CLI)
    add_test(NAME robust_commands COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/robust/commands.py $<TARGET_FILE:rlra_cli>)
    set_tests_properties(robust_commands PROPERTIES LABELS commands TIMEOUT 300 ENVIRONMENT "OMP_WAIT_POLICY=passive")
endif()
if(RLRA_CLI AND NOT RLRA_SANITIZE)
    add_library(disk_shim MODULE robust/disk_shim.c)
    set_target_properties(disk_shim PROPERTIES C_VISIBILITY_PRESET default)
    target_compile_options(disk_shim PRIVATE -Wno-pedantic) # functions by dlsym()
    target_link_libraries(disk_shim PRIVATE ${CMAKE_DL_LIBS})
    add_test(NAME robust_disk COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/robust/disk_faults.py $<TARGET_FILE:rlra_cli>
             $<TARGET_FILE:disk_shim>)
    add_test(NAME robust_limits COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/robust/limits.py $<TARGET_FILE:rlra_cli>)
    add_test(NAME robust_kill COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/robust/kill.py $<TARGET_FILE:rlra_cli>
             $<TARGET_FILE:disk_shim>)
    set_tests_properties(robust_kill robust_disk robust_limits PROPERTIES LABELS robust TIMEOUT 3600
                         ENVIRONMENT "OMP_WAIT_POLICY=passive")
endif()

# Outputs that are inputs; files from outside: archives of all kinds, many arrays, hostile files by every way into a command, want of descriptors.
if(RLRA_CLI)
    foreach(name overwrite archives many_arrays hostile_entries few_descriptors)
        if(RLRA_SANITIZE AND NOT name MATCHES "^(archives|overwrite)$")
            continue() # limits of memory and time
        endif()
        add_test(NAME robust_${name} COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/robust/${name}.py
                 $<TARGET_FILE:rlra_cli>)
        set_tests_properties(robust_${name} PROPERTIES LABELS robust TIMEOUT 300 ENVIRONMENT "OMP_WAIT_POLICY=passive")
    endforeach()
endif()

# NULL in the place of each pointer of each public function.
set(null_calls ${CMAKE_CURRENT_BINARY_DIR}/null_calls.c)
file(GLOB public_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/rlra/*.h)
add_custom_command(OUTPUT ${null_calls}
                   COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/robust/make_null_calls.py ${PROJECT_SOURCE_DIR}/include
                           ${null_calls}
                   DEPENDS robust/make_null_calls.py ${public_headers})
rlra_test(robust_null robust/null_calls.c LABELS robust SOURCES ${null_calls})
