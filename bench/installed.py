"""The modules of a folder of contestants, one for each package, as far as the packages are installed."""

import importlib
import pkgutil


def installed(package, attribute):
    """All members of the lists `attribute` of the modules of `package`, by name, and the reasons why others are missing."""
    found, missing = {}, {}
    for module in pkgutil.iter_modules(package.__path__):
        try:
            loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        except ImportError as reason:
            missing[module.name] = str(reason)
            continue
        found.update((member.name, member) for member in getattr(loaded, attribute))
    return found, missing
