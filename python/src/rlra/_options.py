"""Keywords of functions, made from the option table of the library: names, defaults, bounds and help are its own."""
import difflib
import inspect

from rlra._core import ffi, lib
from rlra._library import as_whole, python_name, text, threads_for

_NUMBERS = {lib.RLRA_OPTION_INT: int, lib.RLRA_OPTION_DOUBLE: float}
_TYPES = {lib.RLRA_OPTION_INT: "int", lib.RLRA_OPTION_DOUBLE: "float", lib.RLRA_OPTION_NAME: "str"}


class Row:
    """One row of the option table."""

    __slots__ = ("name", "kind", "standard", "least", "most", "choices", "help", "key", "field")

    def __init__(self, c):
        self.key, self.kind = ffi.string(c.name), c.kind
        self.field = self.key.decode()
        self.name = python_name(self.field)
        self.standard = _NUMBERS.get(c.kind, str)(text(c.standard))
        self.least, self.most = c.least, c.most
        self.choices = tuple(text(c.choices).split())
        self.help = text(c.help)

    def type_name(self):
        return "{" + ", ".join(map(repr, self.choices)) + "}" if self.choices else _TYPES[self.kind]

    def as_text(self, value):
        """A value in the form that the library reads."""
        if self.kind == lib.RLRA_OPTION_INT:
            return str(as_whole(self.name, value))
        if self.kind == lib.RLRA_OPTION_DOUBLE:
            try:
                return repr(float(value))
            except (TypeError, ValueError):
                raise TypeError(f"{self.name} must be a number, got {type(value).__name__}") from None
        if isinstance(value, bool) and self.choices == ("on", "off"):
            return "on" if value else "off"
        if not isinstance(value, str):
            raise TypeError(f"{self.name} must be a str, got {type(value).__name__}")
        return value


def _table():
    rows = (Row(lib.rlra_option_at(index)) for index in range(lib.rlra_option_count()))
    return {row.name: row for row in rows}


TABLE = _table()


def set_option(context, options, row, value):
    """Set one field, checked by the library."""
    context.check(lib.rlra_options_set(context.pointer, options, row.key, row.as_text(value).encode()))


def fill(context, function, given, standard=lib.rlra_options_default):
    """The struct of options of a call, from its keywords."""
    options = ffi.new("rlra_options *", standard())
    for name, value in given.items():
        row = function.rows.get(name)
        if row is None:
            raise TypeError(_unexpected(function, name))
        set_option(context, options, row, value)
    options.threads = threads_for(options.threads)
    return options


def _unexpected(function, name):
    near = difflib.get_close_matches(name, function.__signature__.parameters, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{function.__name__}() got an unexpected keyword argument '{name}'{hint}"


def _describe(row):
    lines = [f"{row.name} : {row.type_name()}, default {row.standard!r}", f"    {row.help[:1].upper()}{row.help[1:]}."]
    if not row.choices:
        lines.append(f"    From {row.least:.12g} to {row.most:.12g}.")
    return lines


def takes_options(names):
    """Give a function the options of the table as keywords: in its signature, its documentation and its `rows`.

    Its documentation has a line ``{options}`` where they are to stand.
    """
    def decorate(function):
        function.rows = {name: TABLE[name] for name in names}
        signature = inspect.signature(function)
        own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        more = [inspect.Parameter(row.name, inspect.Parameter.KEYWORD_ONLY, default=row.standard)
                for row in function.rows.values()]
        function.__signature__ = signature.replace(parameters=own + more)
        lines = [line for row in function.rows.values() for line in _describe(row)]
        if function.__doc__:
            function.__doc__ = function.__doc__.replace("{options}", "\n    ".join(lines))
        return function
    return decorate


def echo(options, rows):
    """The fields as they are in force, as a dict."""
    return {name: text(getattr(options, row.field)) if row.kind == lib.RLRA_OPTION_NAME else getattr(options, row.field)
            for name, row in rows.items()}
