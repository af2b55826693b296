# Fits and regressions drawn from the registries: sources that use the public headers alone.
foreach(test drawn_fits drawn_threads)
    rlra_test(property_${test} property/${test}.c PROGRAM drawn LABELS property robust
              SOURCES drawn/draw.c drawn/implicit.c drawn/options.c drawn/regression.c drawn/penalties.c
                      drawn/recompute.c drawn/recompute_column.c drawn/rounding.c)
    set_tests_properties(property_${test} PROPERTIES TIMEOUT 3600)
endforeach()
