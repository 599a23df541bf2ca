"""A plugin of mypy that knows the two tables of names, so that a column or flow renamed there is found at every use.

Attributes (`households.savings`) mypy sees by itself. The plugin adds the two other ways to name an array:

* the fields of a record filled by `pick(Kind, households, flows, **given)`: each must be a column, a flow or given;
* text: `ColumnName` and `FlowName` are `Literal`s of the names in the tables, and a text given to `Households.column`,
  `Households.set` and `Flows.array` must be such a name. An own column of a programme is read by its typed view.

At run time, in editors and for a type checker without the plugin both are plain `str`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mypy.nodes import TypeInfo, Var
from mypy.plugin import AnalyzeTypeContext, FunctionContext, MethodContext, Plugin
from mypy.types import CallableType, Instance, LiteralType, ProperType, TupleType, Type, UnionType, get_proper_type

COLUMNS, FLOWS = "tuopin.agents.columns.HouseholdColumns", "tuopin.agents.flows.YearArrays"
TEXTS = {"tuopin.agents.columns.ColumnName": COLUMNS, "tuopin.agents.flows.FlowName": FLOWS}
METHODS = {
    "tuopin.agents.households.Households.column": COLUMNS,
    "tuopin.agents.households.Households.set": COLUMNS,
    "tuopin.agents.flows.Flows.array": FLOWS,
}


def plugin(version: str) -> type[Plugin]:
    """Give mypy the plugin."""
    return Columns


class Columns(Plugin):
    """Names of household columns and of the year's arrays, held against their tables."""

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """Read `ColumnName` and `FlowName` as one of the names of their table."""
        return (lambda context: self._text(context, TEXTS[fullname])) if fullname in TEXTS else None

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Check the record of a call of `pick`."""
        return self._record if fullname == "tuopin.agents.kernels.pick" else None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Check a name given as text to a method that looks an array up."""
        return (lambda context: self._lookup(context, METHODS[fullname])) if fullname in METHODS else None

    def _names(self, table: str) -> dict[str, Type | None]:
        """Names and types of the arrays a table declares; empty before mypy has read it."""
        found = self.lookup_fully_qualified(table)
        if found is None or not isinstance(found.node, TypeInfo):
            return {}
        return {
            name: symbol.node.type
            for name, symbol in found.node.names.items()
            if isinstance(symbol.node, Var) and not name.startswith("_")
        }

    def _text(self, context: AnalyzeTypeContext, table: str) -> Type:
        text = context.api.named_type("builtins.str", [])
        names = self._names(table)
        return UnionType.make_union([LiteralType(name, text) for name in names]) if names else text

    def _record(self, context: FunctionContext) -> Type:
        (kind,) = context.arg_types[0]
        given = {name for names in context.arg_names for name in names if name is not None}
        known = {**self._names(COLUMNS), **(self._names(FLOWS) if context.arg_types[2] else {})}
        for name, declared in _fields(get_proper_type(kind)):
            if name in given:
                continue
            field = f'"{_name(context)}.{name}"'
            if name not in known:
                context.api.fail(f"{field} is no column and no flow, and was not given", context.context)
            elif (right := known[name]) is not None and declared != right:
                context.api.fail(f"{field} has another type than the table gives it", context.context)
        return context.default_return_type

    def _lookup(self, context: MethodContext, table: str) -> Type:
        known = self._names(table)
        for kind in context.arg_types[0]:
            for name in _texts(get_proper_type(kind)):
                if name not in known:
                    context.api.fail(f'no column or flow is called "{name}"', context.context)
        return context.default_return_type


def _fields(kind: ProperType) -> Iterable[tuple[str, Type]]:
    """Fields of the NamedTuple that `kind` makes, with their types."""
    if isinstance(kind, CallableType):
        made = get_proper_type(kind.ret_type)
        if isinstance(made, TupleType):
            return [(name, item) for name, item in zip(kind.arg_names, made.items, strict=True) if name is not None]
    return []


def _name(context: FunctionContext) -> str:
    made = get_proper_type(context.default_return_type)
    return made.partial_fallback.type.fullname if isinstance(made, TupleType) else "record"


def _texts(kind: ProperType) -> list[str]:
    """The texts a type stands for, none where it may be any."""
    if isinstance(kind, Instance) and kind.last_known_value is not None:
        return [str(kind.last_known_value.value)]
    if isinstance(kind, LiteralType):
        return [str(kind.value)]
    if isinstance(kind, UnionType):
        return [name for item in kind.items for name in _texts(get_proper_type(item))]
    return []
