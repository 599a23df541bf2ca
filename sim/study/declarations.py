"""What the model and the policies declare, as far as a study file can speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from tuopin.agents.mechanisms import MECHANISMS, Mechanism
from tuopin.agents.parameters import Parameter, model_parameters
from tuopin.agents.place import Place
from tuopin.policies.catalogue import broken_plug_ins, catalogue
from tuopin.policies.protocol import Policy
from tuopin.sim.study.problems import Problem

MEND = "allowed: policies that can be loaded; mend or uninstall the package that declares it"


@dataclass(frozen=True)
class Declarations:
    """Everything a study is checked against: policies, mechanisms and parameters by name, and what a place is."""

    policies: Mapping[str, type[Policy]]
    mechanisms: Mapping[str, Mechanism]
    parameters: Mapping[str, Parameter]
    place: type[BaseModel]


@cache
def declared() -> Declarations:
    """The declarations of the installed model, with built-in policies and the plugged-in ones that can be used."""
    return Declarations(catalogue(), MECHANISMS, model_parameters(), Place)


def broken_plug_in(name: str) -> tuple[str, str] | None:
    """What is wrong with the plug-in that a study names, and what to do; None if `name` is no broken plug-in's."""
    reason = broken_plug_ins().get(name)
    return None if reason is None else (f"the plug-in '{name}' cannot be used: {reason}", MEND)


def broken_lines() -> list[str]:
    """One line for each installed plug-in that cannot be used."""
    return [
        str(Problem("installed policies", 1, name, reason, MEND)) for name, reason in sorted(broken_plug_ins().items())
    ]
