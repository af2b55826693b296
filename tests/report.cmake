# The report: its parts, and whole pages.
foreach(part html png palette chart page page_odd)
    rlra_test(report_${part} unit/report/${part}.c LABELS unit)
    target_include_directories(report_${part} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/unit/report)
endforeach()
