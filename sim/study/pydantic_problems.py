"""Pydantic's errors as a planner's: the path in the file, its line, what is wrong, what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from tuopin.sim.study.document import Document
from tuopin.sim.study.problems import Index, Path, nearest, one_of, shown

INPUT = "Input should be "


def note_errors(document: Document, error: ValidationError, model: type[BaseModel], base: Path = ()) -> None:
    """Note every error of validating ``document.data`` (or what is at `base` in it) against `model`."""
    alternatives: dict[Path, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        path = _real_path(document.data, (*base, *detail["loc"]), detail["type"] == "missing")
        alternatives.setdefault(_named_in(document.data, path, detail), []).append(detail)
    for path, details in alternatives.items():
        wrong, allowed = _say(details, model, path[len(base) :])
        document.add(path, wrong, allowed)


def _real_path(data: object, loc: Path, missing: bool) -> Path:
    """`loc` without what pydantic adds for itself (names of union members and validators, ``[key]``)."""
    path: list[str | int] = []
    for position, part in enumerate(loc):
        if isinstance(data, Mapping) and part in data:
            data = data[part]
        elif isinstance(data, Mapping) and isinstance(part, str) and _year(part) in data:
            part = _year(part)
            data = data[part]
        elif isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data):
            data = data[part]
            part = Index(part)
        elif not (missing and position == len(loc) - 1):
            continue
        path.append(part)
    return tuple(path)


def _named_in(data: object, path: Path, detail: ErrorDetails) -> Path:
    """A rule of a whole model may begin its message with the key it is about: ``key: what is wrong``."""
    if detail["type"] != "value_error":
        return path
    key = detail["msg"].removeprefix("Value error, ").split(": ")[0]
    for part in path:
        data = data[part]  # type: ignore[index]
    return (*path, key) if isinstance(data, Mapping) and key in data else path


def _year(part: str) -> int | str:
    return int(part) if part.isdecimal() and part.isascii() else part


def _say(details: list[ErrorDetails], model: type[BaseModel], path: Path) -> tuple[str, str]:
    first = next((detail for detail in details if detail["type"] not in ("int_type", "is_instance_of")), details[0])
    field, owner = _field_at(model, path)
    if first["type"] == "missing":
        return "is missing", _allowed(field, "allowed: a value here, this key is required")
    if first["type"] in ("extra_forbidden", "invalid_key"):
        name = path[-1] if path else "?"
        keys = list(owner.model_fields) if owner is not None else []
        return f"unknown key '{name}'{nearest(name, keys)}", one_of(keys)
    if first["type"] in ("value_error", "assertion_error", "study"):
        said = first["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        said = said.removeprefix(f"{path[-1]}: ") if path else said
        wrong, _, allowed = said.partition("; ")
        value = f"is {shown(first['input'])}, " if first["type"] == "study" else ""
        return f"{value}{wrong}".replace(", is ", ", "), allowed or _allowed(field, f"allowed: {_wish(first)}")
    wishes = " or ".join(dict.fromkeys(_wish(detail) for detail in details))
    return f"is {shown(first['input'])}", _allowed(field, f"allowed: {wishes}")


def _wish(detail: ErrorDetails) -> str:
    said = detail["msg"]
    return said.removeprefix(INPUT) if said.startswith(INPUT) else said[:1].lower() + said[1:]


def _allowed(field: FieldInfo | None, otherwise: str) -> str:
    extra = field.json_schema_extra if field is not None else None
    if isinstance(extra, dict) and "allowed" in extra:
        return f"allowed: {extra['allowed']}"
    low = next((part.ge for part in (field.metadata if field else ()) if isinstance(part, Ge)), None)
    high = next((part.le for part in (field.metadata if field else ()) if isinstance(part, Le)), None)
    if field is not None and low is not None and high is not None:
        return f"allowed: a {'whole number' if field.annotation is int else 'number'} in {low}..{high}"
    return otherwise


def _field_at(model: type[BaseModel], path: Path) -> tuple[FieldInfo | None, type[BaseModel] | None]:
    """The declaration of the key at `path`, and the model whose key the last part is (or should be)."""
    owner: type[BaseModel] | None = model
    field: FieldInfo | None = None
    inside: Any = model
    for part in path:
        owner = _model_in(inside)
        if owner is not None:
            field = _field_called(owner, part)
            inside = field.annotation if field is not None else None
        else:
            field, inside = None, _item(inside)
    return field, owner


def _field_called(owner: type[BaseModel], part: str | int) -> FieldInfo | None:
    fields = owner.model_fields
    return fields.get(str(part)) or next((field for field in fields.values() if field.alias == part), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is Annotated:
        return _model_in(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
    return None


def _item(annotation: Any) -> Any:
    arguments = [part for part in get_args(annotation) if part is not Ellipsis]
    if get_origin(annotation) in (Union, UnionType):
        return next((item for part in arguments if (item := _item(part)) is not None), None)
    return arguments[-1] if arguments and get_origin(annotation) is not None else None
