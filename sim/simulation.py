"""Simulate one task: a place and replicate with all its scenarios, which share population and luck."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from agents.county import County
from agents.parameters import Parameter, Parameters, draw_parameter, resolve_parameters
from agents.place import Figure, Place
from agents.randomness import Luck
from policies.protocol import Policy
from sim.burn_in import initial_county
from sim.model import CountyModel, make_policies
from sim.panel import joined
from sim.plan import Plan

Progress = Callable[[str, int], None]
TEXT = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class RunOutcome:
    """One run: its tables by name (`indicators`, `costs`, `spells`, and `panel` if asked for), or why there are none."""

    place: str
    scenario: str
    replicate: int
    frames: dict[str, pa.Table] = field(default_factory=dict)
    error: str | None = None
    traceback: str | None = None
    seconds: float = 0.0
    household_years: int = 0


def county_of(plan: Plan, place: str, replicate: int) -> County:
    """Return the initial state of a place in a replicate, the same for all scenarios."""
    return initial_county(*world_of(plan, place, replicate), plan.scale)


def world_of(plan: Plan, place: str, replicate: int) -> tuple[Place, Parameters, dict[str, bool | str], Luck]:
    """Return what a county lives under in a replicate: its place, parameters (drawn if the study draws), switches and luck."""
    luck = Luck(plan.seed, replicate)
    drawn = luck if plan.draw_parameters else None
    data = plan.place_data[place]
    return draw_place(data, luck) if drawn else data, resolve_parameters(plan.parameters, drawn), dict(plan.mechanisms), luck


def policies_of(plan: Plan, scenario: str, replicate: int) -> list[Policy]:
    """Return the policies of a scenario; free parameters are drawn alike in all scenarios if the study draws them."""
    luck = Luck(plan.seed, replicate) if plan.draw_parameters else None
    return make_policies(plan.scenario_settings[scenario], luck)


def draw_place(place: Place, luck: Luck) -> Place:
    """Return the place with its free figures (rural persons, county factor) redrawn from their ranges.

    Counties of a region share the draw: what is not known of them is not known of all alike and does not average out.
    """
    owner = place.region.name if place.region is not None else place.name
    changes: dict[str, Figure] = {}
    for name in ("rural_persons", "county_factor"):
        figure: Figure = getattr(place, name)
        if figure.confidence in ("free", "modelling-choice") and figure.range is not None:
            low, high = figure.range
            entry = Parameter(name, f"place.{owner}", figure.value, figure.unit, figure.source, "free", low=low, high=high)
            value = draw_parameter(entry, luck).value
            changes[name] = figure.model_copy(update={"value": round(value) if name == "rural_persons" else value})  # type: ignore[arg-type]
    return place.model_copy(update=changes)


def simulate_task(
    plan: Plan, place: str, replicate: int, scenarios: Sequence[str], *, panel: bool = False,
    progress: Progress | None = None, save_state: int | None = None,
) -> Iterator[RunOutcome]:  # fmt: skip
    """Simulate the scenarios of a task one after the other and yield an outcome for each, in the order given.

    The initial state is made once; each scenario lives on a copy. A scenario that raises gives an outcome with `error`, and
    the others go on; if the initial state fails, all fail alike. With the year `save_state` the frame `state-<year>` holds the
    county at the end of that year, for `sim.state` to go on from.
    """
    try:
        initial = county_of(plan, place, replicate)
    except Exception as error:
        for scenario in scenarios:
            yield RunOutcome(place, scenario, replicate, {}, _say(error), traceback.format_exc())
        return
    for scenario in scenarios:
        yield outcome_of(
            plan, place, scenario, replicate,
            lambda name=scenario: start_scenario(plan, initial, name, replicate, panel=panel),  # type: ignore[misc]
            progress, save_state,
        )  # fmt: skip


def outcome_of(
    plan: Plan, place: str, scenario: str, replicate: int, start: Callable[[], CountyModel],
    progress: Progress | None = None, save_state: int | None = None,
) -> RunOutcome:  # fmt: skip
    """Live the model that `start` makes to its last year; whatever is raised on the way is the outcome's `error`."""
    began = time.perf_counter()
    try:
        model = start()
        first = model.year
        states: dict[str, pa.Table] = {}
        each_year: Callable[[CountyModel], None] | None = None
        if save_state is not None:
            from sim.state import keep_state

            each_year = keep_state(plan, place, scenario, replicate, save_state, states)
        live(model, scenario, progress, each_year)
        frames = tables(model, place, scenario, replicate) | states
        lived = len(model.county.households) * (model.year - first)
        model.close()
        return RunOutcome(place, scenario, replicate, frames, None, None, time.perf_counter() - began, lived)
    except Exception as error:
        seconds = time.perf_counter() - began
        return RunOutcome(place, scenario, replicate, {}, _say(error), traceback.format_exc(), seconds)


def start_scenario(plan: Plan, initial: County, scenario: str, replicate: int, *, panel: bool = False) -> CountyModel:
    """Return the model of a scenario in the initial state, on a copy of `initial`."""
    policies = policies_of(plan, scenario, replicate)
    return CountyModel(county=initial.fork(), policies=policies, last_year=plan.last_year, panel=panel)


def live(
    model: CountyModel, scenario: str, progress: Progress | None = None,
    each_year: Callable[[CountyModel], None] | None = None,
) -> CountyModel:  # fmt: skip
    """Live a model to its last year; `each_year` sees it as it is now and after every year."""
    if each_year is not None:
        each_year(model)
    while model.running:
        model.step()
        if progress is not None:
            progress(scenario, model.year)
        if each_year is not None:
            each_year(model)
    return model


def run_scenario(
    plan: Plan, initial: County, scenario: str, replicate: int, *, panel: bool = False,
    progress: Progress | None = None,
) -> CountyModel:  # fmt: skip
    """Live a copy of `initial` through the plan's years under a scenario; return the finished model."""
    return live(start_scenario(plan, initial, scenario, replicate, panel=panel), scenario, progress)


def tables(model: CountyModel, place: str, scenario: str, replicate: int) -> dict[str, pa.Table]:
    """Return the tables of a finished run, columns and types as the README's table of files says."""
    frames = {
        "indicators": _indicators(model),
        "costs": _costs(model),
        "spells": pa.table({k: _column(v) for k, v in model.recorder.spell_columns().items()}),
    }
    if model.recorder.panels is not None:
        frames["panel"] = joined(model.recorder.panels)
    return {name: _keyed(frame, place, scenario, replicate) for name, frame in frames.items()}


def _indicators(model: CountyModel) -> pa.Table:
    rows, spent = model.recorder.rows, dict.fromkeys((year for year, _, _ in model.recorder.rows), 0)
    for entry in model.ledger.entries:
        if entry.year in spent:
            spent[entry.year] += entry.fen
    cost_years = np.array(sorted(spent), dtype=np.int16)
    kinds = {id(keys): _key_columns(keys) for keys in {id(keys): keys for _, keys, _ in rows}.values()}
    parts = [kinds[id(keys)] for _, keys, _ in rows] + [_key_columns((("true", "all", "cost_yuan"),) * len(spent))]
    years = np.concatenate([np.full(len(keys), year, dtype=np.int16) for year, keys, _ in rows])
    values = np.concatenate([values for _, _, values in rows])
    costs = np.array([spent[year] / 100.0 for year in cost_years])
    return pa.table(
        {
            "year": np.concatenate([years, cost_years]),
            **{
                name: pa.chunked_array([part[k] for part in parts]).unify_dictionaries().combine_chunks()
                for k, name in enumerate(("view", "group", "indicator"))
            },
            "value": np.concatenate([values, costs]),
        }
    )


@lru_cache(maxsize=64)
def _key_columns(keys: tuple[tuple[str, str, str], ...]) -> tuple[pa.DictionaryArray, ...]:
    """View, group and indicator of a year's figures as columns; made once for all years and runs with the same figures."""
    return tuple(pa.array(text, pa.string()).dictionary_encode() for text in zip(*keys, strict=True))


def _costs(model: CountyModel) -> pa.Table:
    e = model.ledger.entries
    return pa.table(
        {
            "year": pa.array([x.year for x in e], pa.int16()),
            "policy": pa.array([x.policy for x in e], pa.string()).dictionary_encode(),
            "payer": pa.array([x.payer for x in e], pa.string()).dictionary_encode(),
            "households": pa.array([x.households for x in e], pa.int64()),
            "persons": pa.array([x.persons for x in e], pa.int64()),
            "yuan": pa.array([x.fen / 100.0 for x in e], pa.float64()),
            "budget_yuan": pa.array([None if x.budget_fen is None else x.budget_fen / 100.0 for x in e], pa.float64()),
            "slots": pa.array([x.slots for x in e], pa.int64()),
        }
    )


def _column(values: Any) -> Any:
    return pa.array(values, pa.string()).dictionary_encode() if values.dtype == object else pa.array(values)


def _keyed(frame: pa.Table, place: str, scenario: str, replicate: int) -> pa.Table:
    n = frame.num_rows
    index = pa.array(np.zeros(n, dtype=np.int32))
    run = {
        "place": pa.DictionaryArray.from_arrays(index, pa.array([place])),
        "scenario": pa.DictionaryArray.from_arrays(index, pa.array([scenario])),
        "replicate": pa.array(np.full(n, replicate, dtype=np.int32)),
    }
    return pa.table({**run, **{name: frame.column(name) for name in frame.column_names}})


def _say(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def warm_up() -> None:
    """Compile or load every kernel by living a tiny county through two years under all shipped policies."""
    from policies.catalogue import catalogue
    from sim.plan import make_plan
    from sim.study import Study

    everything: dict[str, dict[str, Any]] = {name: {} for name in catalogue()}
    study = Study.from_dict(
        {"name": "warm-up", "place": "lushi", "years": "2016-2018", "replicates": 1, "baseline": "all",
         "scenarios": {"all": everything}}
    )  # fmt: skip
    for outcome in simulate_task(make_plan(study, 0.02), "lushi", 0, ["all"], panel=True):
        if outcome.error:
            raise RuntimeError(outcome.error)
