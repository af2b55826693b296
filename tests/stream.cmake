# Data larger than memory: windows, streams, fits from files.
rlra_typed_test(data_windows unit/data/windows.c LABELS unit)
rlra_typed_test(property_stream property/stream.c LABELS property)
# The system's reads are replaced by bad ones.
rlra_test(api_stream unit/api/stream.c PROGRAM api_stream LABELS unit
          DEFINITIONS RLRA_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data/io" _XOPEN_SOURCE=700)
target_link_options(api_stream PRIVATE -Wl,--wrap=pread)
