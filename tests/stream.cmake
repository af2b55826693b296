# Data larger than memory: windows, streams, fits from files.
rlra_typed_test(data_windows unit/data/windows.c LABELS unit)
rlra_typed_test(property_stream property/stream.c LABELS property)
