# Topics: their scale, words and quality, and whether planted ones come back.
rlra_typed_test(api_topics unit/api/topics.c LABELS unit)
rlra_typed_test(api_unmix unit/api/unmix.c LABELS unit)
rlra_test(api_scene unit/api/scene.c LABELS unit)
rlra_typed_test(api_topics_quality unit/api/topics_quality.c LABELS unit)
rlra_typed_test(topics_recovery property/topics.c LABELS property)
add_test(NAME tools_corpus COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/install/corpus.sh ${PROJECT_SOURCE_DIR}/tools/make-corpus)
set_tests_properties(tools_corpus PROPERTIES LABELS cli)
