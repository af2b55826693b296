"""Options in the library's sentences, as keywords of Python; or what else to do where a function has them not."""
import inspect
import re

import rlra
from rlra._library import python_name

_MARK = re.compile(r"(?P<before> *\()?`(?P<name>[a-z_]+)(=(?P<value>[^`]*))?`(?P<after>\))?")
_NUMBER = re.compile(r"[-+]?([0-9]+[0-9.]*([eE][-+]?[0-9]+)?|inf|nan)$")


def _parameters(function):
    return {} if function is None else inspect.signature(function).parameters


def _others(name):
    """Functions that have a keyword, as words: those that fit, or, if none of them has it, all."""
    having = {one: _parameters(getattr(rlra, one)) for one in rlra.__all__ if inspect.isfunction(getattr(rlra, one))}
    having = {one: parameters for one, parameters in having.items() if name in parameters}
    found = [f"rlra.{one}" for one in having if "rank" in having[one]] or [f"rlra.{one}" for one in having]
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def _keyword(name, value, parameters):
    """``name``, ``name=3`` or ``name="word"``."""
    name = python_name(name)
    if value is None:
        switch = name in parameters and isinstance(parameters[name].default, bool)
        return f"{name}=True" if switch else name
    texts = name not in parameters or not isinstance(parameters[name].default, (int, float))
    return f'{name}="{value}"' if texts and not (_NUMBER.match(value) and value != "nan") else f"{name}={value}"


def _instead(name, keyword, function):
    """What to do where the function has no such keyword."""
    others = _others(name)
    verb = "take" if " and " in others else "takes"
    if name == "missing":
        return (f"; rlra.{function.__name__} needs all entries: fill those in, or leave their rows or columns out; "
                f"{others} {verb} {keyword}")
    return f"; rlra.{function.__name__} has no such keyword" + (f", {others} {verb} {keyword}" if others else "")


def spoken(sentence, function):
    """A sentence of the library, in which options stand as `name` or `name=value`, in the words of Python."""
    parameters, result, at = _parameters(function), "", 0
    while (mark := _MARK.search(sentence, at)) is not None:
        result += sentence[at:mark.start()]
        at, name = mark.end(), mark["name"]
        keyword = _keyword(name, mark["value"], parameters)
        known = function is None or python_name(name) in parameters
        if known:
            result += (mark["before"] or "") + keyword + (mark["after"] or "")
        elif not (mark["before"] and mark["after"]):
            result = result.rpartition(";")[0] or result
            result += _instead(name, keyword, function)
            at = sentence.find(";", at) if ";" in sentence[at:] else len(sentence)
    return result + sentence[at:]
