# Several starts and their agreement, checkpoints, plans.
rlra_test(linalg_assign unit/linalg/assign.c LABELS unit)
rlra_test(api_match unit/api/match.c LABELS unit)
rlra_typed_test(property_resume property/resume.c LABELS property)
rlra_test(core_hash unit/core/hash.c LABELS unit)
rlra_typed_test(api_checkpoint unit/api/checkpoint.c LABELS unit)
rlra_typed_test(api_checkpoint_damage unit/api/checkpoint_damage.c LABELS unit)
rlra_typed_test(api_plan unit/api/plan.c LABELS unit)
rlra_typed_test(api_starts unit/api/starts.c LABELS unit)
