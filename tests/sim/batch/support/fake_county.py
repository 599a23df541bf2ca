"""A stand-in for the simulation: a plan and a task function with known figures, which fails or dies when told to."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from tuopin.agents.place import Place
from tuopin.sim.results.outcome import RunOutcome
from tuopin.sim.study.plan import Plan

TASK = "fake_county:simulate_task"


@dataclass(frozen=True)
class FakePlan(Plan):
    """A plan that also tells the stand-in what to do; make one with `fake_plan`."""

    raises: tuple[tuple[str, int], ...] = ()  # (scenario, replicate) that raise
    dies: tuple[tuple[str, int], ...] = ()  # (scenario, replicate) that kill their process
    dies_once: str = ""  # a file: whoever finds it missing creates it and dies
    refuses: tuple[int, ...] = ()  # replicates whose population cannot be built
    waits_from: int = 1_000_000  # the first replicate whose runs wait until they are stopped
    sleep: float = 0.0
    hangs: tuple[tuple[str, int], ...] = ()  # (scenario, replicate) that never end
    stubborn: str = ""  # how they do so: "swallows" what is raised in them, "deaf" to alarms, "holds" the interpreter
    threads: bool = False  # every run leaves a thread behind that does not end
    starts: str = ""  # "N:FOLDER": the first N workers end while they start, each leaving a file
    raising: str = ""  # what every run raises
    goes_to: str = ""  # the folder that every run changes to
    log: str = ""  # a directory that gets one file per simulated run


def fake_plan(
    *,
    places: tuple[str, ...] = ("east", "west"),
    scenarios: tuple[str, ...] = ("none", "b", "a"),  # not in alphabetical order on purpose
    seed: int = 7,
    replicates: int = 2,
    last_year: int = 2018,
    changed: Mapping[str, str] | None = None,  # scenario -> other content
    parameters: Mapping[str, Any] | None = None,
    **told: Any,
) -> FakePlan:
    inputs = {"place": {name: {"households": 100} for name in places}, "replicates": replicates}
    contents = {name: name for name in scenarios} | dict(changed or {})
    return FakePlan(
        study_name="fake",
        place_data={name: Place.model_construct(name=name) for name in places},
        scenario_settings={name: {} for name in scenarios},
        baseline="none",
        seed=seed,
        replicates=replicates,
        first_year=2016,
        last_year=last_year,
        scale=1.0,
        draw_parameters=False,
        discount_rate=0.03,
        mechanisms={},
        parameters=parameters or {},
        inputs=inputs,
        identity=sha256(f"{places} {seed} {last_year}".encode()).hexdigest(),
        study_file=None,
        scenario_hashes={name: sha256(content.encode()).hexdigest() for name, content in contents.items()},
        **told,
    )


def value(plan: FakePlan, place: str, scenario: str, replicate: int, year: int) -> float:
    """The one figure of a run and year: a pure function of what names it."""
    digest = sha256(f"{plan.seed} {place} {scenario} {replicate} {year}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def simulate_task(
    plan: FakePlan, place: str, replicate: int, scenarios: tuple[str, ...], *, panel: bool = False, progress: Any = None
) -> Iterator[RunOutcome]:
    if replicate in plan.refuses:
        raise ValueError("no population for this replicate")
    for scenario in scenarios:
        yield _run(plan, place, replicate, scenario, panel)


def _run(plan: FakePlan, place: str, replicate: int, scenario: str, panel: bool) -> RunOutcome:
    if plan.log:
        Path(plan.log, f"{place}-{scenario}-{replicate}-{os.getpid()}-{time.monotonic_ns()}").touch()
    time.sleep(plan.sleep)
    while replicate >= plan.waits_from:
        time.sleep(0.01)
    if plan.dies_once and not Path(plan.dies_once).exists():
        Path(plan.dies_once).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if plan.goes_to:
        os.chdir(plan.goes_to)
    if plan.threads:
        threading.Thread(target=time.sleep, args=(600,)).start()
    try:
        while (scenario, replicate) in plan.hangs:
            if plan.stubborn == "deaf":
                signal.signal(signal.SIGALRM, signal.SIG_IGN)
            if plan.stubborn == "holds":
                ctypes.PyDLL(None).sleep(60)
            with suppress(BaseException if plan.stubborn == "swallows" else ()):
                time.sleep(60.0)
    except BaseException as error:
        return RunOutcome.failed(place, scenario, replicate, error)
    if plan.raising:
        return RunOutcome.failed(place, scenario, replicate, ERRORS[plan.raising]())
    if (scenario, replicate) in plan.dies:
        os.kill(os.getpid(), signal.SIGKILL)
    if (scenario, replicate) in plan.raises:
        return RunOutcome(place, scenario, replicate, {}, "ValueError: told to", "Traceback: told to\n")
    frames = _frames(plan, place, scenario, replicate)
    if not panel:
        del frames["panel"]
    return RunOutcome(place, scenario, replicate, frames, seconds=0.01, household_years=200)


def _frames(plan: FakePlan, place: str, scenario: str, replicate: int) -> dict[str, Any]:
    years = list(range(plan.first_year, plan.last_year + 1))
    figures = [value(plan, place, scenario, replicate, year) for year in years]
    n = len(years)

    def text(word: str) -> Any:
        return pa.array([word] * n).dictionary_encode()

    run = {"place": text(place), "scenario": text(scenario), "replicate": pa.array([replicate] * n, pa.int32())}
    yearly = run | {"year": pa.array(years, pa.int16())}
    spells = {"view": text("true"), "kind": text("poor"), "start_year": pa.array(years, pa.int16())}
    flags = [figure < 0.5 for figure in figures]
    return {
        "indicators": pa.table(
            yearly
            | {"view": text("true"), "group": text("all"), "indicator": text("headcount_ratio")}
            | {"value": pa.array(figures)}
        ),
        "costs": pa.table(
            yearly
            | {"policy": text(f"policy_of_{scenario}"), "payer": text("county"), "kind": text("spent")}
            | {"households": [1] * n, "persons": [3] * n, "villages": [0] * n, "yuan": figures}
            | {"budget_yuan": pa.array([None] * n, pa.float64()), "slots": pa.array([None] * n, pa.int64())}
        ),
        "spells": pa.table(
            run
            | spells
            | {"years": pa.array([1] * n, pa.int16()), "ended": flags, "left_censored": flags}
            | {"households": [2] * n, "persons": [5] * n}
        ),
        "limits": pa.table(
            yearly
            | {"policy": text(f"policy_of_{scenario}"), "given_yuan": figures, "spent_yuan": figures}
            | {"slots": pa.array([None] * n, pa.int64()), "reason": text("")}
            | dict.fromkeys(("candidates", "willing", "funded", "served", "enrolled"), [1] * n)
        ),
        "persons": pa.table(
            yearly
            | {"persons": [100] * n}
            | {name: pa.array([None] + [2] * (n - 1), pa.int64()) for name in ("births", "deaths")}
            | {name: pa.array([None] + [1] * (n - 1), pa.int64()) for name in ("arrivals", "departures")}
        ),
        "pairs": pa.table(run | {"measure": text("helped_persons"), "value": figures}),
        "draws": pa.table(run | {"parameter": text("labour.months"), "value": figures}),
        "panel": pa.table(
            yearly
            | {"uid": [replicate * 1000 + at for at in range(n)], "village": pa.array([1] * n, pa.int32())}
            | {"members": pa.array([3] * n, pa.int16()), "registered": flags}
            | {f"{kind}_per_person": figures for kind in ("market_income", "net_income", "income", "consumption")}
            | {"line": [0.5] * n, "poor_true": flags, "poor_registry": flags, "poor_survey": flags}
            | {"poor_consumption": flags, "poor_official": flags}
            | {"cause": text("illness"), "medical_bill": figures, "medical_paid": figures}
            | ({} if scenario == "none" else {f"in_{scenario}": flags})
        ),
    }


class _Speechless(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


ERRORS = {
    "exit": lambda: SystemExit(0),
    "surrogate": lambda: ValueError("caf\udce9 \x00 \u2028"),
    "endless": lambda: ValueError("x" * 10_000_000),
    "speechless": _Speechless,
}


def die_at_first(*arguments: Any) -> None:
    """A worker's beginning that ends the first so many workers, told by the environment."""
    from tuopin.sim.batch.worker import start_worker

    times, _, mark = arguments[0].plan.starts.partition(":")
    if len(list(Path(mark).iterdir())) < int(times):
        Path(mark, str(os.getpid())).touch()
        os._exit(1)
    start_worker(*arguments)


def die_at_once(*_: Any) -> None:
    """A worker's beginning that ends it."""
    os._exit(1)
