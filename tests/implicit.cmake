# Data that are known by their products.
rlra_typed_test(api_implicit unit/api/implicit.c LABELS unit)
rlra_typed_test(api_implicit_refusals unit/api/implicit_refusals.c LABELS unit)
