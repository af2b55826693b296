"""Keywords of functions, made from the option table of the library: names, defaults, bounds and help are its own."""
import functools
import inspect
import operator
from collections.abc import Callable
from typing import Any, TypeVar

from rlra._core import ffi, lib
from rlra._library import as_whole, python_name, text, threads_for

F = TypeVar("F", bound=Callable[..., Any])
_PLAIN = (int, float)
_NUMBERS = {lib.RLRA_OPTION_INT: int, lib.RLRA_OPTION_DOUBLE: float}
_TYPES = {lib.RLRA_OPTION_INT: "int", lib.RLRA_OPTION_DOUBLE: "float", lib.RLRA_OPTION_NAME: "str"}


class Row:
    """One row of the option table."""

    __slots__ = ("name", "kind", "standard", "least", "most", "choices", "needs", "help", "key", "field")

    def __init__(self, c):
        self.key, self.kind = ffi.string(c.name), c.kind
        self.field = self.key.decode()
        self.name = python_name(self.field)
        self.standard = _NUMBERS.get(c.kind, str)(text(c.standard))
        self.least, self.most = c.least, c.most
        self.choices = tuple(text(c.choices).split())
        self.needs = text(c.needs)
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


def fill(context, function, given):
    """The struct of options of a call, from its keywords."""
    options = ffi.new("rlra_options *", function.task.defaults)
    for name, value in given.items():
        row = function.rows.get(name)
        if row is None:
            raise TypeError(_unexpected(function, name))
        set_option(context, options, row, value)
    options.threads = threads_for(options.threads)
    return options


def needy(function, given):
    """Names of the fields that a call was given and that have no effect alone, as the library reads them."""
    return " ".join(function.rows[name].field for name in given if function.rows[name].needs).encode()


def check_given(context, options, names, rules):
    """Refuse options that were given and have no effect; `rules`: what "auto" of update became."""
    context.check(lib.rlra_options_check_given(context.pointer, options, names, rules, len(rules)))


def _unexpected(function, name):
    import difflib  # here alone, as imports take time

    near = difflib.get_close_matches(name, function.__signature__.parameters, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{function.__name__}() got an unexpected keyword argument '{name}'{hint}"


def _describe(row):
    lines = [f"{row.name} : {row.type_name()}, default {row.standard!r}", f"    {row.help[:1].upper()}{row.help[1:]}."]
    if not row.choices:
        lines.append(f"    From {row.least:.12g} to {row.most:.12g}.")
    if row.needs:
        partner, _, values = row.needs.partition("=")
        lines.append(f"    Needs `{partner}`" + " or ".join(f" {value!r}" for value in values.split(",") if value) + ".")
    return lines


class Task:
    """A row of the library's table of tasks: the options that mean something to it, as it sees them."""

    def __init__(self, name):
        c = lib.rlra_task_find(name.encode())
        self.name, self.prior, self.defaults = name, text(c.prior), lib.rlra_task_defaults(c)
        self.rows, option = {}, ffi.new("rlra_option *")
        while lib.rlra_task_option(c, len(self.rows), option):
            row = Row(option)
            self.rows[row.name] = row
        self.names = list(self.rows)
        self._fields = operator.attrgetter(*[row.field for row in self.rows.values()])

    def echo(self, options):
        """The fields in force, as a dict."""
        return dict(self._echo(ffi.buffer(options)[:]))

    # Calls in a loop have the same options; names are pointers into the library's tables.
    @functools.lru_cache(maxsize=64)
    def _echo(self, memory):
        values = self._fields(ffi.from_buffer("rlra_options *", memory))
        return {name: value if type(value) in _PLAIN else text(value) for name, value in zip(self.names, values)}


def takes_options(function: F) -> F:
    """Give a function the options of the task of its name as keywords: in its signature, its documentation and `rows`.

    Those it has as parameters of its own get their default there. Its documentation has a line ``{options}`` where the
    others are to stand.
    """
    task = function.task = Task(function.__name__)
    signature = inspect.signature(function)
    own = [one.replace(default=task.rows[name].standard)
           if name in task.rows and one.default is not inspect.Parameter.empty else one
           for name, one in signature.parameters.items() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    function.rows = {name: row for name, row in task.rows.items() if name not in signature.parameters}
    more = [inspect.Parameter(row.name, inspect.Parameter.KEYWORD_ONLY, default=row.standard)
            for row in function.rows.values()]
    function.__signature__ = signature.replace(parameters=own + more)
    if function.__doc__:
        lines = [line for row in function.rows.values() for line in _describe(row)]
        function.__doc__ = function.__doc__.replace("{options}", "\n    ".join(lines))
    return function
