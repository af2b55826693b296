# Files of the report that are put into the library at build time, Vega among them if it is installed (libjs-vega).
# Adds the generated source and those of src/report to `shared_sources`.
set(RLRA_VEGA_MODULES "/usr/share/javascript/vega" CACHE PATH
    "folder of vega-view.min.js and its siblings; may be absent")
option(RLRA_VEGA "put Vega into the report if it is installed" ON)

set(assets_dir ${CMAKE_CURRENT_BINARY_DIR}/report)
file(MAKE_DIRECTORY ${assets_dir})
set(report_dir ${CMAKE_CURRENT_SOURCE_DIR}/report)
set(licence ${report_dir}/vega_licence.txt)

if(RLRA_VEGA AND EXISTS "${RLRA_VEGA_MODULES}/vega-view.min.js"
   AND EXISTS "${RLRA_VEGA_MODULES}/vega-interpreter.min.js")
    message(STATUS "Report: charts by Vega from ${RLRA_VEGA_MODULES}")
    add_custom_command(OUTPUT ${assets_dir}/vega.js
        COMMAND ${CMAKE_COMMAND} -DOUTPUT=${assets_dir}/vega.js -DMODULES=${RLRA_VEGA_MODULES} -DLICENCE=${licence}
                -P ${PROJECT_SOURCE_DIR}/cmake/bundle_vega.cmake
        DEPENDS ${PROJECT_SOURCE_DIR}/cmake/bundle_vega.cmake ${licence} VERBATIM)
    install(FILES ${licence} DESTINATION ${CMAKE_INSTALL_DOCDIR})
else()
    message(STATUS "Report: no Vega, charts will be still pictures")
    file(WRITE ${assets_dir}/vega.js "")
endif()

add_custom_command(OUTPUT ${assets_dir}/assets.c
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${assets_dir}/assets.c -DNAMES=style,script,vega
            -DFILES=${report_dir}/page.css,${report_dir}/page.js,${assets_dir}/vega.js
            -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${PROJECT_SOURCE_DIR}/cmake/embed.cmake ${report_dir}/page.css ${report_dir}/page.js ${assets_dir}/vega.js
    VERBATIM)

list(APPEND shared_sources
    report/bars.c
    report/chart.c
    report/curves.c
    report/html.c
    report/page.c
    report/palette.c
    report/png.c
    report/raster.c
    report/scene.c
    ${assets_dir}/assets.c
)
