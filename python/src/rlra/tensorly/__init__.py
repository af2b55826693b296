"""Functions with the signatures of tensorly's, and its types where it is installed."""
from rlra.tensorly._parafac import non_negative_parafac, non_negative_parafac_hals
from rlra.tensorly._regression import active_set_nnls, fista, hals_nnls

__all__ = ["active_set_nnls", "fista", "hals_nnls", "non_negative_parafac", "non_negative_parafac_hals"]
