# Topics: their scale, words and quality, and whether planted ones come back.
rlra_typed_test(api_topics unit/api/topics.c LABELS unit)
rlra_typed_test(api_topics_quality unit/api/topics_quality.c LABELS unit)
rlra_typed_test(topics_recovery property/topics.c LABELS property)
