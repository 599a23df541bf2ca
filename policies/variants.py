"""Variants of one policy: `credit.own` is the class `credit` with columns, luck, slots and accounts of its own.

A file `variants.yaml` beside the policy's parameters may give labels and other defaults:

::

    own:
      label: Loan for an own project
      zh: 自主贷款
      parameters: {loan: 30000}
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tuopin.policies.protocol import Policy

FILE = "variants.yaml"


def variants_of(policy: type[Policy]) -> dict[str, type[Policy]]:
    """The classes of a policy's variants by name, `<policy>.<variant>`.

    Raises
    ------
    KeyError
        If the file of variants names a variant or a parameter that is not declared.
    """
    said = _file_of(policy)
    if unknown := set(said) - set(policy.variants):
        raise KeyError(f"{FILE} has {', '.join(sorted(unknown))}; allowed: {', '.join(policy.variants)}")
    return {f"{policy.name}.{variant}": _variant(policy, variant, said.get(variant, {})) for variant in policy.variants}


def _variant(policy: type[Policy], variant: str, said: Mapping[str, Any]) -> type[Policy]:
    name, given = f"{policy.name}.{variant}", said.get("parameters", {})
    if unknown := set(given) - set(policy.parameters):
        raise KeyError(f"{FILE}: {variant} has no parameter {', '.join(sorted(unknown))}")
    parameters = {
        key: replace(p.given(given[key]) if key in given else p, group=name) for key, p in policy.parameters.items()
    }
    body = {
        "__module__": policy.__module__,
        "__doc__": policy.__doc__,
        "name": name,
        "variant": variant,
        "label": said.get("label", f"{policy.label}: {variant}"),
        "label_zh": said.get("zh", f"{policy.label_zh}：{variant}"),
        "parameters": parameters,
    }
    return type(f"{policy.__name__}_{variant}", (policy,), body)


def _file_of(policy: type[Policy]) -> dict[str, Any]:
    path = Path(inspect.getfile(policy)).parent / FILE
    return YAML(typ="safe").load(path) or {} if policy.variants and path.is_file() else {}
