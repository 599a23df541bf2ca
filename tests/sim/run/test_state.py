"""A county saved at a year and continued equals the unbroken one; under other policies the past stays and the future
differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tuopin.agents.institutions import Firm
from tuopin.policies.catalogue import catalogue
from tuopin.sim.run.run import Run
from tuopin.sim.run.saved_state import load_state, save_state
from tuopin.sim.run.setup import county_of, policies_of
from tuopin.sim.run.state import StateError, capture, resume
from tuopin.sim.run.tables import tables
from tuopin.sim.run.task import begin_scenario
from tuopin.sim.run.year import simulate_year

Four = ("relocation", "cooperative", "health_insurance", "low_income_support")
PLACE, REPLICATE = "lushi", 1


@pytest.fixture(scope="module")
def plan(plan_for: Callable[..., Any]) -> Any:
    four = {**{name: {} for name in Four}, "relocation": {"budget": 5.0e8}}  # its default ends in 2018
    without = {name: {} for name in Four if name != "relocation"}
    frail = {**four, "cooperative": {"failure_loss": 0.6}}
    return plan_for({"none": {}, "four": four, "without": without, "frail": frail}, 0.02, years="2016-2020")


@pytest.fixture(scope="module")
def initial(plan: Any) -> Any:
    return county_of(plan, PLACE, REPLICATE)


def until(plan: Any, initial: Any, scenario: str, year: int, *, panel: bool = False) -> Run:
    run = begin_scenario(plan, initial, scenario, REPLICATE, panel=panel)
    while run.year < year:
        simulate_year(run)
    return run


def frames(run: Run) -> dict[str, pd.DataFrame]:
    while not run.finished:
        simulate_year(run)
    return {name: table.to_pandas() for name, table in tables(run, PLACE, "it", REPLICATE).items()}


@pytest.fixture(scope="module")
def unbroken(plan: Any, initial: Any) -> dict[str, pd.DataFrame]:
    return frames(until(plan, initial, "frail", 2016, panel=True))


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    for name in other:
        pd.testing.assert_frame_equal(one[name], other[name], check_exact=True, obj=name)


@pytest.mark.parametrize("year", [2016, 2018, 2019])
def test_continued_equals_unbroken(plan: Any, initial: Any, unbroken: Any, year: int, tmp_path: Path) -> None:
    run = until(plan, initial, "frail", year, panel=True)
    state = capture(run)
    save_state(run, tmp_path / "it.state", plan, PLACE, "frail", REPLICATE)
    same(unbroken, frames(run))  # to be captured and saved changes nothing
    same(unbroken, frames(resume(state, policies_of(plan, "frail", REPLICATE), panel=True)))
    same(unbroken, frames(resume(state, policies_of(plan, "frail", REPLICATE), panel=True)))  # nor does being continued
    continued = frames(load_state(tmp_path / "it.state", plan))
    assert set(continued) == {"indicators", "costs", "spells", "persons", "limits"}
    same(unbroken, continued)


def test_with_drawn_parameters(plan_for: Callable[..., Any], tmp_path: Path) -> None:
    plan = plan_for({"all": {"relocation": {}, "cooperative": {}}}, 0.01, years="2016-2019", draw_parameters=True)
    initial = county_of(plan, PLACE, REPLICATE)
    whole = frames(until(plan, initial, "all", 2016))
    save_state(until(plan, initial, "all", 2017), tmp_path / "it.state", plan, PLACE, "all", REPLICATE)
    same(whole, frames(load_state(tmp_path / "it.state", plan)))


def test_every_column_and_firm_comes_back(plan: Any, initial: Any, tmp_path: Path) -> None:
    run = until(plan, initial, "frail", 2018)
    save_state(run, tmp_path / "it.state", plan, PLACE, "frail", REPLICATE)
    back = load_state(tmp_path / "it.state", plan)
    before, after = run.county.households, back.county.households
    assert list(before.table) == list(after.table)
    for name, column in before.as_mapping().items():
        assert after.column(name).dtype == column.dtype
        np.testing.assert_array_equal(after.column(name), column)
    firms, again = run.county.firms, back.county.firms
    assert again == firms and any(not firm.alive for firm in firms) and all(type(firm) is Firm for firm in again)
    assert back.county.jobs_in_county == run.county.jobs_in_county and back.county.level == run.county.level


def test_a_policy_that_ends_leaves_its_houses_and_stops(plan: Any, initial: Any) -> None:
    state = capture(until(plan, initial, "four", 2018))
    run = resume(state, policies_of(plan, "without", REPLICATE))
    h = run.county.households
    assert "relocation_since" in state.county.households.table and "relocation_since" not in h.table
    moved = h.uid[h.site >= 0]
    assert len(moved) > 0
    simulate_year(run)
    h = run.county.households
    still = np.isin(h.uid, moved)
    assert (h.site[still] >= 0).all() and still.sum() > 0.8 * len(moved)
    spent = {entry.policy: entry.year for entry in run.ledger.entries}
    assert spent["relocation"] == 2018 and spent["health_insurance"] == 2019
    assert not h.faults()


def test_a_policy_that_begins_acts_from_the_next_year(plan: Any, initial: Any) -> None:
    run = resume(capture(until(plan, initial, "none", 2018)), policies_of(plan, "four", REPLICATE))
    h = run.county.households
    assert all(not h.column(f"{name}_since").any() for name in Four)
    result = frames(run)
    own = result["costs"][result["costs"]["policy"].isin(Four)]
    assert set(own["policy"]) == set(Four) and set(own["year"]) == {2019, 2020}
    until_then = result["indicators"].query("year <= 2018").reset_index(drop=True)
    none = frames(until(plan, initial, "none", 2016))["indicators"].query("year <= 2018").reset_index(drop=True)
    words = dict.fromkeys(("view", "group", "indicator"), str)  # as categories they know different groups
    pd.testing.assert_frame_equal(until_then.astype(words), none.astype(words), check_exact=True)


def test_branching_at_once_from_nothing_is_an_ordinary_run(plan: Any, initial: Any) -> None:
    run = resume(capture(until(plan, initial, "none", 2016)), policies_of(plan, "four", REPLICATE))
    whole, branched = frames(until(plan, initial, "four", 2016)), frames(run)
    for name in ("costs", "spells"):
        pd.testing.assert_frame_equal(branched[name], whole[name], check_exact=True)


def test_panels_of_a_branch_know_all_its_policies(plan: Any, initial: Any) -> None:
    state = capture(until(plan, initial, "without", 2018, panel=True))
    panel = frames(resume(state, policies_of(plan, "four", REPLICATE), panel=True))["panel"]
    assert sorted(panel["year"].unique()) == [2016, 2017, 2018, 2019, 2020]
    enrolled = panel.groupby("year")["in_relocation"].sum()
    assert not enrolled.loc[:2018].any() and enrolled.loc[2019:].all()


def test_no_panel_of_years_that_kept_none(plan: Any, initial: Any) -> None:
    with pytest.raises(StateError, match="holds no panels"):
        resume(capture(until(plan, initial, "none", 2016)), [], panel=True)


# --- files that cannot be used ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(plan: Any, initial: Any, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("state") / "it.state"
    save_state(until(plan, initial, "four", 2017), path, plan, PLACE, "four", REPLICATE)
    return path.read_bytes()


@pytest.mark.parametrize("at", [0.0, 0.01, 0.3, 0.6, 0.97, 0.9999])
def test_a_changed_byte_is_found(saved: bytes, plan: Any, at: float, tmp_path: Path) -> None:
    damaged = bytearray(saved)
    damaged[int(at * len(saved))] ^= 0x5A
    (tmp_path / "it.state").write_bytes(damaged)
    try:
        run = load_state(tmp_path / "it.state", plan)
    except StateError as error:
        assert str(error).startswith(str(tmp_path / "it.state"))
    else:  # a byte of the container that means nothing
        (tmp_path / "good.state").write_bytes(saved)
        same(frames(load_state(tmp_path / "good.state", plan)), frames(run))


@pytest.mark.parametrize("content", [b"", b"tuopin", b"PK\x03\x04", None], ids=["empty", "text", "zip", "half"])
def test_what_is_no_state_is_refused(content: bytes | None, saved: bytes, plan: Any, tmp_path: Path) -> None:
    (tmp_path / "it.state").write_bytes(saved[: len(saved) // 2] if content is None else content)
    with pytest.raises(StateError, match="is not a saved state, or is damaged"):
        load_state(tmp_path / "it.state", plan)


def test_a_pickle_is_never_loaded(plan: Any, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return (Path.touch, (tmp_path / "sprung",))  # type: ignore[return-value]

    np.savez(tmp_path / "it.npz", note=np.array([Trap()], dtype=object), sha256=np.array([Trap()], dtype=object))
    with pytest.raises(StateError):
        load_state(tmp_path / "it.npz", plan)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"identity": "0" * 64}, "other inputs or policies"),
        ({"scenario_hashes": {"four": "0" * 64}}, "other inputs or policies"),
        ({"scenario_settings": {"none": {}}}, "lushi four:1, which the plan does not have"),
    ],
)
def test_states_of_other_inputs_are_refused(change: Any, words: str, saved: bytes, plan: Any, tmp_path: Path) -> None:
    (tmp_path / "it.state").write_bytes(saved)
    with pytest.raises(StateError, match=words):
        load_state(tmp_path / "it.state", replace(plan, **change))


def test_states_of_other_versions_are_refused(
    saved: bytes, plan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuopin.sim.run import saved_state as state

    (tmp_path / "it.state").write_bytes(saved)
    now = state.versions()
    monkeypatch.setattr(state, "versions", lambda: {**now, "tuopin": "9.9"})
    with pytest.raises(StateError, match=f"was saved with tuopin {now['tuopin']}; run the study again"):
        load_state(tmp_path / "it.state", plan)


def test_what_cannot_be_saved_is_named(plan: Any, initial: Any, tmp_path: Path) -> None:
    run = until(plan, initial, "without", 2016)
    insurance = next(p for p in run.policies if p.name == "health_insurance")
    insurance.clerk = object()  # type: ignore[attr-defined]
    save_state(run, tmp_path / "it.state", plan, PLACE, "without", REPLICATE)  # nothing but what it keeps is saved
    (tmp_path / "it.state").unlink()
    insurance.paid_ratio = object()  # type: ignore[attr-defined]
    assert "health_insurance" in catalogue()
    with pytest.raises(StateError, match=r"policy health_insurance\.paid_ratio is a object, which cannot be saved"):
        save_state(run, tmp_path / "it.state", plan, PLACE, "without", REPLICATE)
    assert not list(tmp_path.iterdir())
