# The report: its parts, and whole pages.
foreach(part html png palette chart page page_odd bars raster)
    rlra_test(report_${part} unit/report/${part}.c LABELS unit)
endforeach()
target_link_libraries(unit_report PRIVATE PkgConfig::CJSON PkgConfig::ZLIB)

# A page in a browser, where there is one.
add_executable(report_write_page unit/report/write_page.c)
target_include_directories(report_write_page PRIVATE ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(report_write_page PRIVATE rlra_flags rlra_static PkgConfig::CMOCKA PkgConfig::CJSON m)
set_target_properties(report_write_page PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME report_browser
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/unit/report/browser.sh $<TARGET_FILE:report_write_page>)
set_tests_properties(report_browser PROPERTIES LABELS unit SKIP_RETURN_CODE 77 TIMEOUT 120)
