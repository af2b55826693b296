# Regression by rules of second order, and the kernels they are made of.
rlra_typed_test(update_second_order unit/update/second_order.c LABELS unit)
rlra_typed_test(linalg_ratios unit/linalg/ratios.c LABELS unit)
foreach(precision f64 f32)
    rlra_test(linalg_wide_ratios_${precision} unit/linalg/ratios.c LABELS unit)
    target_compile_definitions(linalg_wide_ratios_${precision} PRIVATE RLRA_TEST_WIDE)
    target_sources(linalg_wide_ratios_${precision} PRIVATE $<TARGET_OBJECTS:kernels_wide_${precision}>)
endforeach()
target_compile_definitions(linalg_wide_ratios_f32 PRIVATE RLRA_SINGLE)
