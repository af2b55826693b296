/* cli/patience.h: how threads wait. */
#ifndef RLRA_CLI_PATIENCE_H
#define RLRA_CLI_PATIENCE_H

/* Unless the user has chosen (OMP_WAIT_POLICY), have waiting threads sleep. Goes on in place where that cannot be arranged. */
void wait_asleep(char *argv[]);

#endif
