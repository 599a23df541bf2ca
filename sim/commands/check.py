"""``tuopin check`` tells whether a study is good, and was understood as it was meant."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tuopin.sim.commands.options import StudyArgument

LABEL = 12  # columns of what stands before each line of the summary
TRIED = 3_000
NATION = "economy.rural_income"
MANY_REPLICATES, MIB_A_REPLICATE = 5_000, 0.1
"""From how many replicates on the memory of a comparison is told, and what each takes (docs/performance.md)."""

if TYPE_CHECKING:
    from tuopin.agents.place import Place
    from tuopin.sim.study.study import Study


def check(study: StudyArgument) -> None:
    """Validate STUDY with its places and policies, and print what was understood. Nothing is run or written."""
    from tuopin.sim.commands.layout import PAGE, wrapped
    from tuopin.sim.study.declarations import broken_lines
    from tuopin.sim.study.study import Study

    sys.stderr.write("".join(f"not used here: {line}\n" for line in broken_lines()))
    loaded = Study.load(study)
    *lines, good = summary(loaded)
    for line in [*lines, *start_lines(loaded)]:
        label, text = line[:LABEL], line[LABEL:]
        parts = wrapped(text, PAGE - LABEL) if len(line) > PAGE else [text]
        sys.stdout.write("".join(f"{label if not k else ' ' * LABEL}{part}\n" for k, part in enumerate(parts)))
    sys.stdout.write(good + "\n")


def start_lines(study: Study) -> list[str]:
    """The registered share of rural persons beside the simulated initial poverty, and money that will find nobody.

    Of each place, or of a region's largest county, from a simulation of some `TRIED` households; money of single places
    only.
    """
    from tuopin.agents.draws import resolve_parameters
    from tuopin.agents.mechanisms import resolve_mechanisms
    from tuopin.agents.randomness import Luck
    from tuopin.sim.commands.absorption import absorption_lines
    from tuopin.sim.commands.run import tell_first_compilation
    from tuopin.sim.run.burn_in import initial_county
    from tuopin.sim.study.scale import least_scale

    largest: dict[str, tuple[float, str]] = {}
    for name, place in study.places.items():
        owner = name if place.region is None else place.region.name
        largest[owner] = max(largest.get(owner, (0.0, "")), (float(place.rural_persons.value), name))
    tell_first_compilation()
    lines = []
    for owner, (_, name) in largest.items():
        place = study.places[name]
        scale = min(1.0, max(TRIED / initial_households(place), 2 * least_scale(place)))
        county = initial_county(
            place,
            resolve_parameters(study.parameters, place=place),
            resolve_mechanisms(study.mechanisms),
            Luck(study.seed, 0),
            scale,
        )
        h = county.households
        poor = float(h.members[h.poor_true].sum() / h.members.sum())
        share = place.registered_persons.value / place.rural_persons.value
        whose = "of the registered" if place.registered_only else "of rural persons"
        where = owner if owner == name else f"{owner} ({name})"
        lines.append(
            f"at start    {where}: {share:.1%} of rural persons are registered, {poor:.1%} {whose} poor as simulated"
            f" (true view, at the end of {place.year}; one replicate of {len(h):,} households)"
        )
        if len(study.places) == 1 and place.region is None:
            lines += absorption_lines(study, name, county, scale)
    return lines


def summary(study: Study) -> list[str]:
    """What a study amounts to, in lines."""
    from tuopin.sim.commands.part import part_simulated
    from tuopin.sim.study.money import money_lines

    lines = [f"study       {study.name}: {study.question.en or 'no question given'}"]
    regions = study.regions
    inside = {name for counties in regions.values() for name in counties}
    for name, place in study.places.items():
        if name not in inside:
            size = f"about {initial_households(place):,} rural households at the end of {place.year}"
            lines.append(f"place       {name}: {place.label.en}, {size}{sampled(place)}")
    for region, counties in regions.items():
        lines.append(f"region      {region}: {_region(counties, study)}")
    lines += own_lines(study)
    steps = study.last_year - study.first_year
    lines.append(f"years       {study.first_year} as found, {study.first_year + 1}-{study.last_year} simulated")
    lines.append(f"seed        {study.seed}")
    if study.mechanisms:
        lines.append(f"mechanisms  {_settings(study.mechanisms)}")
    if study.parameters:
        lines.append(f"parameters  {_settings(study.parameters)}")
    if study.scale < 1:
        lines.append(f"scale       {study.scale:g}: {part_simulated(study.scale)}")
    if study.groups:
        lines.append(f"groups      {', '.join(study.groups)}: indicators are given for these too")
    if study.draw_parameters:
        lines.append("parameters  the free ones are drawn from their ranges in every replicate, alike in all scenarios")
    for name, policies in study.scenarios.items():
        role = " (baseline)" if name == study.baseline else ""
        own = study.scenario_parameters.get(name, {})
        numbers = f"; from {study.first_year + 1} on, for itself: {_settings(own)}" if own else ""
        lines.append(f"scenario    {name}{role}: {_package(policies)}{numbers}")
    lines += money_lines(study)
    runs = len(study.scenarios) * study.replicates * len(study.places)
    total = sum(initial_households(place) for place in study.places.values())
    household_years = round(total * study.scale) * steps * len(study.scenarios) * study.replicates
    parts = " x ".join(
        f"{number} {thing}{'' if number == 1 else 's'}"
        for number, thing in (
            (len(study.places), "place"),
            (len(study.scenarios), "scenario"),
            (study.replicates, "replicate"),
        )
    )
    lines.append(f"runs        {runs:,} ({parts}), about {household_years:,} household-years")
    if study.replicates > MANY_REPLICATES:
        gib = study.replicates * MIB_A_REPLICATE / 1024
        lines.append(f"memory      comparing so many replicates takes about {gib:,.1f} GiB beside what a run takes")
    lines.append("good: no mistakes found")
    return lines


def _region(counties: list[str], study: Study) -> str:
    """How many counties a region has, whether they exist, how many households they hold, and of whom."""
    places = [study.places[name] for name in counties]
    kind = "synthetic counties" if all(place.synthetic for place in places) else "counties"
    whose = "registered" if all(place.registered_only for place in places) else "rural"
    households = sum(initial_households(place) for place in places)
    size = f"{len(places)} {kind}, about {households:,} {whose} households at the end of {places[0].year}"
    return f"{size}{sampled(places[0])}"


def sampled(place: Place) -> str:
    """What part of a place is simulated, if not all of it."""
    return "" if place.sample == 1 else f" simulated, one in {place.sample:,} of all"


def income_lines(study: Study) -> list[str]:
    """Mean income of each place, or the mean over a region's counties, beside that of the nation's farmers."""
    from tuopin.agents.draws import resolve_parameters
    from tuopin.sim.run.burn_in import mean_income
    from tuopin.sim.study.places import region_name

    parameters = resolve_parameters(study.parameters)
    owners: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for name, place in study.places.items():
        found = owners.setdefault((region_name(place, name), place.year), [])
        found.append((mean_income(place, parameters), float(place.rural_persons.value)))
    lines = []
    for (owner, year), incomes in owners.items():
        mean = sum(income * persons for income, persons in incomes) / sum(persons for _, persons in incomes)
        nation = parameters[NATION]
        known = isinstance(nation.value, dict) and year in nation.value
        beside = f", {mean / parameters.value(NATION, year):.0%} of the nation's rural mean" if known else ""
        lines.append(f"income      {owner}: {mean:,.0f} yuan a person at the end of {year}{beside}")
    return lines


def own_lines(study: Study) -> list[str]:
    """What places say in place of the model's own numbers, and numbers by year that begin after they are lived into."""
    from tuopin.agents.place_parameters import taken_ids
    from tuopin.sim.study.declarations import declared
    from tuopin.sim.study.names import years_text
    from tuopin.sim.study.places import region_name
    from tuopin.sim.study.series import held_by_programmes, held_series

    told: dict[str, None] = dict.fromkeys(income_lines(study))
    held: list[tuple[str, int, int]] = []
    for name, place in study.places.items():
        owner = region_name(place, name)
        own = [*taken_ids(place).values(), *place.parameters]
        own += [key for key in ("registered_exited", "plan") if getattr(place, key) is not None]
        if place.allowed_lines is not None:
            own.append("allowed_lines")
        if own:
            told[f"its own     {owner}: {', '.join(own)}"] = None
        held += held_series(place, study.parameters)
    programmes = {name: policy.parameters for name, policy in declared().policies.items() if policy.enrols}
    for packages in study.scenarios.values():
        held += held_by_programmes(study.first_year + 1, programmes, packages)
    for id, begins, first in held:
        told[f"assumed     {id} of {begins} also stands for {years_text(range(first, begins))}: it begins then"] = None
    return list(told)


def initial_households(place: Place) -> int:
    """Households of a place at the start.

    They are the registered, and the others at the mean household size if they are there.
    """
    if place.registered_only:
        return round(place.registered_households.value / place.sample)
    others = place.rural_persons.value - place.registered_persons.value
    return round((place.registered_households.value + others / place.household_size.value) / place.sample)


def _package(policies: dict[str, dict[str, Any]]) -> str:
    if not policies:
        return "no policy"
    return "; ".join(name + (f" ({_settings(given)})" if given else "") for name, given in policies.items())


def _settings(given: Mapping[str, Any]) -> str:
    from tuopin.sim.commands.tables import cell_text

    return ", ".join(
        f"{name} {{{cell_text(value)}}}" if isinstance(value, dict) else f"{name} {cell_text(value)}"
        for name, value in given.items()
    )
