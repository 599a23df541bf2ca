"""What the model and the policies declare, as far as a study file can speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from tuopin.agents.mechanisms import MECHANISMS, Mechanism
from tuopin.agents.parameters import Parameter, model_parameters
from tuopin.agents.place import Place
from tuopin.policies.catalogue import catalogue
from tuopin.policies.protocol import Policy
from tuopin.sim.study.problems import Problem, StudyError


@dataclass(frozen=True)
class Declarations:
    """Everything a study is checked against: policies, mechanisms and parameters by name, and what a place is."""

    policies: Mapping[str, type[Policy]]
    mechanisms: Mapping[str, Mechanism]
    parameters: Mapping[str, Parameter]
    place: type[BaseModel]


@cache
def declared() -> Declarations:
    """The declarations of the installed model, with built-in and plugged-in policies.

    Raises
    ------
    StudyError
        If a plugged-in policy cannot be loaded.
    """
    try:
        policies = catalogue()
    except (ValueError, ImportError, AttributeError) as error:
        allowed = "allowed: policies that can be loaded; mend or uninstall the package that declares it"
        raise StudyError([Problem("installed policies", 1, "tuopin.policies", str(error), allowed)]) from error
    return Declarations(policies, MECHANISMS, model_parameters(), Place)
