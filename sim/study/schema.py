"""JSON Schema (draft 2020-12) of study and place files, for editors and other programs.

A schema says what one value may be; the rules between keys (a baseline that is a scenario, years inside the study)
are checked by `Study.load` alone. In YAML the years of a mapping are numbers; JSON has them as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tuopin.agents.mechanisms import Mechanism
from tuopin.agents.region import RegionFile
from tuopin.policies.settings import common_parameters
from tuopin.sim.study.declarations import Declarations, declared
from tuopin.sim.study.names import NAME
from tuopin.sim.study.rules import GROUPS, PARAMETERS, may_differ
from tuopin.sim.study.study import Study

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_NAMED: Schema = {"type": "string", "pattern": NAME}


def study_schema(declarations: Declarations | None = None) -> Schema:
    """Schema of a study file with the installed policies, their parameters, the mechanisms and the overrides."""
    declarations = declarations or declared()
    schema = _plain(Study.model_json_schema(mode="validation"))
    properties = schema["properties"]
    properties["mechanisms"] |= {
        "additionalProperties": False,
        "properties": {name: _mechanism(mechanism) for name, mechanism in declarations.mechanisms.items()},
    }
    properties["parameters"] |= {
        "additionalProperties": False,
        "properties": {name: _schema_of_value(parameter) for name, parameter in declarations.parameters.items()},
    }
    properties["groups"] |= {
        "type": ["array", "null"],
        "items": {"enum": list(GROUPS)},
        "uniqueItems": True,
    }
    for name in ("mechanisms", "parameters"):
        properties[name]["type"] = ["object", "null"]
    properties["scenarios"] = {
        "type": "object",
        "title": "Scenarios",
        "description": properties["scenarios"]["description"],
        "minProperties": 1,
        "propertyNames": {"pattern": NAME},
        "additionalProperties": {"$ref": "#/$defs/scenario"},
    }
    properties["bundles"] |= {
        "type": ["object", "null"],
        "propertyNames": {"pattern": NAME},
        "additionalProperties": {"$ref": "#/$defs/bundle"},
    }
    schema["$defs"] |= _scenario_definitions(declarations)
    return {"$schema": DIALECT, **schema, "title": "Tuopin study"}


def place_schema(model: type[BaseModel] | None = None) -> Schema:
    """Schema of a place file; without `model`, of the installed model's and of a region's (told by its key `kind`)."""
    if model is not None:
        return {"$schema": DIALECT, **_plain(model.model_json_schema(mode="validation")), "title": "Tuopin place"}
    references, schema = models_json_schema([(declared().place, "validation"), (RegionFile, "validation")])
    place, region = (_plain(reference) for reference in references.values())
    choice = {"if": {"required": ["kind"]}, "then": region, "else": place}
    return {"$schema": DIALECT, **_plain(schema), "type": "object", **choice, "title": "Tuopin place or region"}


def _scenario_definitions(declarations: Declarations) -> Schema:
    policies = declarations.policies
    packages = {name: {"$ref": f"#/$defs/policy.{name}"} for name in sorted(policies)}
    words = {"every": {"$ref": "#/$defs/every"}, PARAMETERS: {"$ref": f"#/$defs/{PARAMETERS}"}}
    numbers = {id: _schema_of_value(p) for id, p in declarations.parameters.items() if may_differ(p)}
    definitions: Schema = {
        PARAMETERS: {
            "type": ["object", "null"],
            "description": "Numbers of the model that the scenario has for itself, from the first simulated year on.",
            "additionalProperties": False,
            "properties": numbers,
        },
        "scenario": {
            "type": ["object", "null"],
            "description": "Policies of the scenario with the parameters that differ from their defaults.",
            "additionalProperties": False,
            "properties": {
                "base": {"type": "string", "description": "Another scenario of the study that this one begins from."},
                "use": {"description": "Bundles taken in.", "anyOf": [_NAMED, {"type": "array", "items": _NAMED}]},
                **words,
                **packages,
            },
        },
        "bundle": {
            "type": ["object", "null"],
            "description": "Policies that a scenario takes in by `use`.",
            "additionalProperties": False,
            "properties": {**words, **packages},
        },
        "every": {
            "type": ["object", "null"],
            "description": "Parameters of all policies of the scenario that do not set them themselves.",
            "additionalProperties": False,
            "properties": {key: _schema_of_value(parameter) for key, parameter in common_parameters("every").items()},
        },
    }
    for name, policy in policies.items():
        definitions[f"policy.{name}"] = {
            "type": ["object", "null"],
            "title": policy.label,
            "description": f"{policy.label} ({policy.label_zh})",
            "additionalProperties": False,
            "properties": {key: _schema_of_value(parameter) for key, parameter in policy.parameters.items()},
        }
    return definitions


def _mechanism(mechanism: Mechanism) -> Schema:
    return {"enum": list(mechanism.choices), "default": mechanism.default, "description": mechanism.meaning}


def _schema_of_value(parameter: Any) -> Schema:
    """A value as a study may give it: plain, by year, or with its unit."""
    plain = _scalar(parameter)
    forms = [plain]
    if isinstance(parameter.value, list | tuple):
        forms = [{"type": "array", "items": plain}]
    if parameter.by_year:
        forms.append(
            {
                "type": "object",
                "minProperties": 1,
                "patternProperties": {"^[0-9]{1,2}$" if parameter.programme_years else "^[0-9]{4}$": plain},
                "additionalProperties": False,
            }
        )
    if parameter.optional:
        forms.append({"type": "null"})
    with_unit = {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": {"value": {"anyOf": list(forms)}, "unit": {"const": parameter.unit}},
    }
    return {"description": _description(parameter), "anyOf": [*forms, with_unit]}


def _scalar(parameter: Any) -> Schema:
    if parameter.choices:
        return {"enum": list(parameter.choices)}
    value = parameter.value
    example = next(iter(value), 0.0) if isinstance(value, list | tuple) else value
    if isinstance(example, bool):
        return {"type": "boolean"}
    if isinstance(example, str):
        return {"type": "string"}
    bounds = {"minimum": parameter.minimum, "maximum": parameter.maximum}
    return {
        "type": "integer" if parameter.whole else "number",
        **{name: bound for name, bound in bounds.items() if bound is not None},
    }


def _description(parameter: Any) -> str:
    value = parameter.value
    default = ", ".join(f"{y}: {v}" for y, v in value.items()) if isinstance(value, Mapping) else str(value)
    parts = [
        parameter.meaning and f"{parameter.meaning[:1].upper()}{parameter.meaning[1:]}",
        parameter.unit and f"Unit: {parameter.unit}",
        f"Default: {default}",
        f"Source: {parameter.source} ({parameter.confidence})",
    ]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _plain(schema: Any) -> Any:
    """Without the error texts that the model carries for its own messages."""
    if isinstance(schema, dict):
        return {
            key: _plain(value) for key, value in schema.items() if not (key == "allowed" and isinstance(value, str))
        }
    return [_plain(item) for item in schema] if isinstance(schema, list) else schema
