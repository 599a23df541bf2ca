"""The guide's policies hold what the kit asks; and two written from the guide alone, as a package, run from a study."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from tests.policies.test_guide import example, tuopin, wheel_of
from tuopin import testing
from tuopin.policies.catalogue import _check
from tuopin.policies.protocol import Policy
from tuopin.policies.variants import variants_of

GUIDED = {"posts": "Posts", "loans": "Loans", "watch": "Watch", "road": "Road"}
SETTINGS = {"posts": {"budget": 2.0e7}, "loans": {"slots": 1000}, "watch": {}, "road": {"slots": 30}}


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    """The guide's modules, imported from the files it shows."""
    folder = tmp_path_factory.mktemp("guided")
    for name, text in example().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        yield {name: importlib.import_module(f"tuopin_apprenticeship.{name}") for name in GUIDED}
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == "tuopin_apprenticeship"]:
            del sys.modules[name]


def guided(modules: dict[str, ModuleType], name: str) -> type[Policy]:
    policy: type[Policy] = getattr(modules[name], GUIDED[name])
    return policy


@pytest.mark.parametrize("name", sorted(GUIDED))
def test_it_is_declared_as_policies_are(modules: dict[str, ModuleType], name: str) -> None:
    _check(guided(modules, name), "the guide")


@pytest.mark.parametrize("name", ["posts", "loans"])
def test_everything_holds(modules: dict[str, ModuleType], name: str) -> None:
    testing.all_hold(guided(modules, name), SETTINGS[name])


@pytest.mark.parametrize("invariant", ["null_effect", "any_order", "resumes"])
@pytest.mark.parametrize("name", ["watch", "road"])
def test_what_concerns_it_holds(modules: dict[str, ModuleType], name: str, invariant: str) -> None:
    getattr(testing, invariant)(guided(modules, name), SETTINGS[name])


def test_roads_keep_their_limits(modules: dict[str, ModuleType]) -> None:
    testing.limits_hold(guided(modules, "road"), SETTINGS["road"])


def test_the_variant_is_what_its_file_says(modules: dict[str, ModuleType]) -> None:
    women = variants_of(guided(modules, "loans"))["loans.women"]
    assert women.label_zh == "妇女小额贷款" and women({}).value("size", 2017) == 5000.0
    assert [column.name for column in women.columns()][-1] == "loans_women_debt"


def test_the_guides_own_tests_pass(modules: dict[str, ModuleType]) -> None:
    space: dict[str, object] = {}
    exec(compile(example()["tests/test_apprenticeship.py"], "guide", "exec"), space)
    space["test_everything_holds"]()  # type: ignore[operator]


PACKAGE = {
    "pyproject.toml": """
[project]
name = "tuopin-hamlet"
version = "0.1"
[project.entry-points."tuopin.policies"]
forest_guards = "tuopin_hamlet.guards:Guards"
seed_loan = "tuopin_hamlet.seed:Seed"
""",
    "tuopin_hamlet/__init__.py": "",
    "tuopin_hamlet/guards.yaml": """
pay: {value: 5000, unit: yuan/year, bounds: [0, 50000], source: none, confidence: free, range: [1, 9000], meaning: pay}
""",
    "tuopin_hamlet/guards.py": """
from pathlib import Path
import numpy as np
from tuopin.policies.protocol import I8, OwnColumns, Policy, Report, column, policy_parameters

class GuardColumns(OwnColumns):
    posts: I8 = column("programme", "posts", 0, 9, "posts", "岗位", split="older")

class Guards(Policy):
    name, label, label_zh = "forest_guards", "Forest guards", "护林员"
    steps, measures = ("programmes", "livelihood"), ("work",)
    reports = (Report("guard_posts", "posts", "posts held", "在岗", stock=True),)
    own_columns = GuardColumns
    parameters = policy_parameters("forest_guards", Path(__file__).parent / "guards.yaml")

    def own(self, county): return GuardColumns(self.name, county.households)
    def suitable(self, county): return county.households.able_workers > county.households.off_farm
    def yearly_cost(self, county, rows):
        return np.full(len(rows), round(self.value("pay", county.year) * 100), dtype=np.int64)
    def withdraw(self, county):
        return super().withdraw(county) | (self.enrolled(county) & (self.own(county).posts == 0))
    def enrol(self, county, rows, places): self.own(county).posts[rows] = 1
    def release(self, county, rows): self.own(county).posts[rows] = 0
    def change_terms(self, county, ledger):
        posts = self.own(county).posts * self.value("effect", county.year)
        county.flows.wage_term += posts * self.value("pay", county.year)
        county.flows.supported_term += posts * self.value("pay", county.year)
        county.flows.claimed_workers += posts
    def report(self, county): return {"guard_posts": float(self.own(county).posts.sum())}
""",
    "tuopin_hamlet/seed.yaml": """
lent: {value: 6000, unit: yuan, bounds: [0, 90000], source: none, confidence: free, range: [1, 9000], meaning: lent}
""",
    "tuopin_hamlet/seed.py": """
from pathlib import Path
import numpy as np
from tuopin.policies.protocol import F64, OwnColumns, Policy, column, policy_parameters

class SeedColumns(OwnColumns):
    owed: F64 = column("programme", "yuan", 0, 1e6, "owed", "欠款")

class Seed(Policy):
    name, label, label_zh = "seed_loan", "Seed loan", "种子贷款"
    steps, writes, own_columns = ("programmes", "spending"), ("productive_assets",), SeedColumns
    parameters = policy_parameters("seed_loan", Path(__file__).parent / "seed.yaml")

    def own(self, county): return SeedColumns(self.name, county.households)
    def suitable(self, county): return county.households.able_workers > 0
    def unit_cost(self, county, rows, observed):
        return np.full(len(rows), round(self.value("lent", county.year) * 100), dtype=np.int64)
    def pay_enrolment(self, county, ledger, rows, fen): ledger.post(self.name, "bank", rows, fen, "lent")
    def enrol(self, county, rows, places):
        lent = self.value("lent", county.year) * self.value("effect", county.year)
        self.own(county).owed[rows] = lent
        county.households.productive_assets[rows] += lent
    def withdraw(self, county): return self.enrolled(county) & (self.own(county).owed < 0.005)
    def release(self, county, rows): self.own(county).owed[rows] = 0.0
    def _due(self, county): return np.where(self.since(county) < county.year, self.own(county).owed, 0.0)
    def change_terms(self, county, ledger): county.flows.repayment_term += self._due(county)
    def settle(self, county, ledger):
        due = self._due(county)
        unpaid = county.flows.repayment_unpaid * due / np.maximum(county.flows.repayment_term, 0.01)
        self.own(county).owed = np.minimum(self.own(county).owed - due + np.minimum(unpaid, due), 1e6)
""",
    "study.yaml": """
name: hamlet
place: lushi
years: 2016-2020
replicates: 2
baseline: none
scenarios:
  none: {}
  guards: {forest_guards: {budget: {2017: 4.0e6, 2018: 4.0e6, 2019: 2.0e6, 2020: 2.0e6}}}
  both: {seed_loan: {slots: 5000}, cooperative: {}, forest_guards: {budget: 4.0e6}}
""",
}


@pytest.mark.slow
def test_public_jobs_and_a_loan_written_from_the_guide_run_from_a_study(tmp_path: Path) -> None:
    wheel: Path = wheel_of(PACKAGE, tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "study.yaml").write_text(PACKAGE["study.yaml"], encoding="utf-8")
    done = tuopin("run", "study.yaml", "--out", "out", "--scale", "0.02", "--workers", "1", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    costs = pd.read_parquet(tmp_path / "out" / "costs.parquet")
    guards = costs[
        (costs["policy"] == "forest_guards") & (costs["scenario"] == "guards") & (costs["payer"] == "county")
    ]
    assert (guards["yuan"] == 5000 * guards["households"]).all()
    paid = guards.groupby("year")["households"].sum()
    assert paid[2018] > 0 and paid[2019] < paid[2018]  # half of the money: members leave
    lent = costs[(costs["policy"] == "seed_loan")]
    assert set(lent["kind"].astype(str)) <= {"lent", "spent"} and (lent["kind"].astype(str) == "lent").any()
    asked = ("--indicator", "guard_posts", "--baseline", "guards", "--group", "policy=forest_guards")
    told = tuopin("compare", "out", *asked, folder=tmp_path)
    assert told.returncode == 0 and "guard_posts" in told.stdout + told.stderr, told.stderr
    test = (
        "from tuopin import testing\nfor name in ('forest_guards', 'seed_loan'): testing.all_hold(name, {'slots': 800})"
    )
    path = os.pathsep.join([str(Path(__file__).parents[2]), str(tmp_path / "site")])
    kit = subprocess.run(
        [sys.executable, "-c", test],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert kit.returncode == 0, kit.stderr
