# Nonnegative regression: its interface, certificates and promises.
rlra_typed_test(certificate_nnls certificate/nnls.c LABELS certificate)
