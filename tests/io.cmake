# Files: readers, writers, hostile input.
rlra_test(api_array unit/api/array.c LABELS unit)
