# Several starts and their agreement, checkpoints, plans.
rlra_test(linalg_assign unit/linalg/assign.c LABELS unit)
rlra_test(api_match unit/api/match.c LABELS unit)
