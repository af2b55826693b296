"""How many trials a test makes: RLRA_NIGHTLY=N asks for one part in N of its long form."""
import os
import time


def is_nightly():
    return "RLRA_NIGHTLY" in os.environ


def trials(usual, nightly):
    part = os.environ.get("RLRA_NIGHTLY", "")
    return -(-nightly // max(int(part) if part.isdigit() else 1, 1)) if is_nightly() else usual


def seed():
    """RLRA_SEED, or a new one each night, or 1."""
    return int(os.environ.get("RLRA_SEED", time.time() if is_nightly() else 1))
