"""What the model and the policies declare, as far as a study file can speak of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from pydantic import BaseModel

from tuopin.sim.study.problems import Problem, StudyError


class ParameterLike(Protocol):
    """A declared number, switch or choice; `tuopin.agents.parameters.Parameter` is one."""

    @property
    def value(self) -> Any:
        """Default: a scalar, or a mapping year -> number."""

    @property
    def unit(self) -> str:
        """Unit, e.g. ``yuan per person``."""

    @property
    def minimum(self) -> float | None:
        """Hard lower bound, inclusive."""

    @property
    def maximum(self) -> float | None:
        """Hard upper bound, inclusive."""

    @property
    def choices(self) -> tuple[Any, ...] | None:
        """The only values allowed, if not every number."""

    @property
    def by_year(self) -> bool:
        """Whether a mapping year -> value is allowed."""

    @property
    def optional(self) -> bool:
        """Whether null is allowed; it stands for unlimited."""

    @property
    def meaning(self) -> str:
        """What it is, in a few words."""


class MechanismLike(Protocol):
    """A declared switch; `tuopin.agents.mechanisms.Mechanism` is one."""

    @property
    def default(self) -> bool | str:
        """Value where a study says nothing."""

    @property
    def choices(self) -> tuple[bool | str, ...]:
        """The values allowed."""

    @property
    def meaning(self) -> str:
        """What it does."""


class PolicyLike(Protocol):
    """A declared policy; subclasses of `tuopin.policies.protocol.Policy` are."""

    @property
    def name(self) -> str:
        """Identifier used in study files."""

    @property
    def label(self) -> str:
        """English label."""

    @property
    def label_zh(self) -> str:
        """Chinese label."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Name -> declared parameter (`ParameterLike`)."""

    @property
    def steps(self) -> Sequence[str]:
        """Names of the steps of the year at which it acts."""


@dataclass(frozen=True)
class Declarations:
    """Everything a study is checked against."""

    policies: Mapping[str, Any]
    mechanisms: Mapping[str, MechanismLike]
    parameters: Mapping[str, ParameterLike]
    place: type[BaseModel]


@cache
def declared() -> Declarations:
    """The declarations of the installed model, with built-in and plugged-in policies.

    Raises:
        StudyError: if a plugged-in policy cannot be loaded.
    """
    from tuopin.agents.mechanisms import MECHANISMS
    from tuopin.agents.parameters import model_parameters
    from tuopin.agents.place import Place
    from tuopin.policies.catalogue import catalogue

    try:
        policies = catalogue()
    except (ValueError, ImportError, AttributeError) as error:
        allowed = "allowed: policies that can be loaded; mend or uninstall the package that declares it"
        raise StudyError([Problem("installed policies", 1, "tuopin.policies", str(error), allowed)]) from error
    return Declarations(policies, MECHANISMS, model_parameters(), Place)
