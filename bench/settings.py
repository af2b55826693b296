"""The settings of rlra that bench/regret compares: every rule of a loss, every start, and `auto`."""

from contestants import Contestant
from contestants.rlra import LOSSES, fit

RULES = {  # by loss; the rules that `auto` chooses among, each with the settings that win somewhere
    "frobenius": {"hals": ["hals"], "hals-10": ["hals", "--inner-sweeps", "10"], "hals-plain": ["hals", "--extrapolate", "off"],
                  "block-pivot": ["block_pivot"]},
    "kl": {"mu": ["mu"], "mu-plain": ["mu", "--extrapolate", "off"], "ccd": ["ccd"], "ccd-2": ["ccd", "--inner-sweeps", "2"]},
}
RULES["is"] = RULES["kl"]
INITS = ["random", "nndsvda", "nndsvdar", "snpa"]


def entry(name, options):
    return Contestant(name, "any", lambda race: fit(race, *options), losses=LOSSES, sparse=True, free=None)


def every_entry():
    """All of them by name, so that a worker finds the one that it is told."""
    found = {"auto": entry("auto", [])}
    for rules in RULES.values():
        found.update((name, entry(name, ["--update", *words])) for name, words in rules.items())
    for init in ["auto", *INITS]:
        found[f"init-{init}"] = entry(f"init-{init}", ["--init", init])
    return found


ENTRIES = every_entry()
CONTESTANTS = list(ENTRIES.values())
