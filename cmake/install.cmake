# What `cmake --install` lays down: library, headers, CMake package, pkg-config file, command-line tool, manual page.
include(CMakePackageConfigHelpers)

install(TARGETS rlra EXPORT rlra-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/rlra DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/rlra)
install(EXPORT rlra-targets NAMESPACE rlra:: DESTINATION ${package_dir})
configure_package_config_file(cmake/rlra-config.cmake.in ${CMAKE_BINARY_DIR}/rlra-config.cmake
                              INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/rlra-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/rlra-config.cmake ${CMAKE_BINARY_DIR}/rlra-config-version.cmake
        DESTINATION ${package_dir})

# The prefix is written relative to the file, so that an installed tree may be moved.
file(RELATIVE_PATH RLRA_PC_TO_PREFIX "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
configure_file(cmake/rlra.pc.in ${CMAKE_BINARY_DIR}/rlra.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/rlra.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET rlra_cli)
    file(RELATIVE_PATH bin_to_lib "/prefix/${CMAKE_INSTALL_BINDIR}" "/prefix/${CMAKE_INSTALL_LIBDIR}")
    set_target_properties(rlra_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${bin_to_lib}")
    install(TARGETS rlra_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(FILES docs/rlra.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
