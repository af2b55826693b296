/* support/kernel_sets.c: print the kernel sets that this machine can run, the best first; run when the build is configured. */
#include "../../src/core/processor.c"

int main(void)
{
    for (int set = 0; set < PROCESSOR_SETS; set++)
        if (rlra_processor_runs(set))
            printf("%s;", rlra_processor_name(set));
    return 0;
}
