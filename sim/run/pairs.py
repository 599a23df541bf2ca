"""Frames that need more than one run or more than the county: pairs with the baseline, and what was drawn."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from tuopin.agents.county import County
from tuopin.agents.draws import draw_parameter, is_uncertain
from tuopin.agents.parameters import model_parameters
from tuopin.policies.catalogue import catalogue
from tuopin.policies.settings import CHOICES
from tuopin.sim.measures.pairs import MEASURES, Histories
from tuopin.sim.results.schemas import REFUSED
from tuopin.sim.run.admissible import admissible_draw
from tuopin.sim.run.draws import drawn_figures
from tuopin.sim.run.lives import PER_PERSON
from tuopin.sim.run.run import Run
from tuopin.sim.run.setup import own_parameters
from tuopin.sim.study.plan import Plan


def histories(run: Run) -> Histories:
    """The households at the end of a run, as copies."""
    h = run.county.households
    return Histories(h.uid.copy(), h.start_persons / PER_PERSON, h.poor_years.copy())


def pairs_frame(measures: Mapping[str, float]) -> pa.Table:
    """The measures of a pair as a frame; no rows for the baseline itself."""
    names = [name for name in MEASURES if name in measures]
    return pa.table(
        {
            "measure": pa.array(names, pa.string()).dictionary_encode(),
            "value": pa.array([measures[name] for name in names], pa.float64()),
        }
    )


def draws_frame(plan: Plan | None, county: County) -> pa.Table:
    """What a replicate has drawn: parameters of the model and of the study's programmes, figures of the place.

    No rows without a plan (it is told once a replicate, with the baseline), or if the study draws nothing.
    """
    found: dict[str, float] = {}
    if plan is not None and plan.draw_parameters:
        judged = admissible_draw(plan.seed, county.luck.replicate)
        own = [own_parameters(plan, scenario) for scenario in plan.scenarios]
        stated = {*plan.parameters, *set(own[0]).intersection(*own)}  # in every scenario: drawn in none
        entries = [p for id, p in model_parameters().items() if id not in stated]
        for name in sorted({policy for settings in plan.scenario_settings.values() for policy in settings}):
            given = [settings[name] for settings in plan.scenario_settings.values() if name in settings]
            everywhere = set(given[0]).intersection(*given)  # what every scenario states is drawn in none
            entries += [p for key, p in catalogue()[name].parameters.items() if key not in CHOICES | everywhere]
        for entry in entries:
            if is_uncertain(entry):
                found[entry.id] = _factor(draw_parameter(entry, judged.draw).value, entry.value)
        found |= dict(drawn_figures(plan.place_data[county.place.name], judged.draw))
        found[REFUSED] = float(judged.refused)
    return pa.table(
        {
            "parameter": pa.array(list(found), pa.string()).dictionary_encode(),
            "value": pa.array(list(found.values()), pa.float64()),
        }
    )


def _factor(drawn: object, stated: object) -> float:
    """The value drawn; of a dated series the factor it is multiplied by."""
    if isinstance(drawn, Mapping) and isinstance(stated, Mapping):
        year = next(iter(stated))
        return float(drawn[year]) / float(stated[year]) if stated[year] else 1.0
    return float(drawn)  # type: ignore[arg-type]
