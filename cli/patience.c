/* cli/patience.c: let threads that wait sleep: on a machine with other work, threads that spin make a run many times slower. */
#include "patience.h"

#include <stdlib.h>
#include <unistd.h>

void wait_asleep(char *argv[])
{
    /* The OpenMP runtime reads its settings before main() begins: the program starts itself again with them. */
    if (getenv("OMP_WAIT_POLICY") != NULL || setenv("OMP_WAIT_POLICY", "passive", 1) != 0)
        return;
    execv("/proc/self/exe", argv);
}
