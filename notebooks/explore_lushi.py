# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exploring the Lushi study
#
# Which policy package gets poor households of Lushi county out of poverty, and keeps them out? This notebook opens a
# result of `scenarios/lushi.yaml`, looks into its tables and draws the comparison. Where no result is found it simulates a
# small one: one household in fifty, three replicates. That is enough to see how things work and far too little for
# conclusions.
#
# Everything below is *simulated, given these assumptions*. Differences are paired: the same household meets the same luck
# in every scenario.

# %%
# %matplotlib inline
import os
from pathlib import Path

import pandas as pd

from tuopin import Results, Study, compare, simulate
from tuopin.sim.figures.cost import draw_cost
from tuopin.sim.figures.exit_relapse import draw_exit_relapse
from tuopin.sim.figures.headcount import draw_headcount
from tuopin.sim.figures.left_out import draw_left_out
from tuopin.sim.figures.survival import draw_survival
from tuopin.sim.measures.survival import survival_by_run

pd.options.display.float_format = "{:,.3f}".format
here = Path.cwd()
home = next(folder for folder in (here, *here.parents) if (folder / "scenarios" / "lushi.yaml").is_file())

# %% [markdown]
# ## Load a result, or simulate a small one
#
# `TUOPIN_RESULT` may name another folder that `tuopin run` has written.

# %%
study = Study.load(home / "scenarios" / "lushi.yaml")
folder = Path(os.environ.get("TUOPIN_RESULT", home / "results" / "lushi"))
finished = (folder / "indicators.parquet").is_file()
results = Results.open(folder) if finished else simulate(study, scale=0.02, replicates=3)

indicators, costs, spells = results.indicators, results.costs, results.spells
first, last = int(indicators["year"].min()), int(indicators["year"].max())
print(f"{'Read from ' + str(folder) if finished else 'Simulated here: 1 household in 50, 3 replicates'}")
print(f"{indicators['scenario'].nunique()} scenarios, {indicators['replicate'].nunique()} replicates, {first}-{last}")

# %% [markdown]
# ## What the tables look like
#
# One row is one figure: a place, a scenario, a replicate, a year, a view of poverty, a group of persons, an indicator.

# %%
indicators.head()


# %%
def yearly(indicator: str, view: str = "true", group: str = "all") -> pd.DataFrame:
    """Mean over replicates of an indicator: years down, scenarios across."""
    wanted = (indicators["indicator"] == indicator) & (indicators["view"] == view) & (indicators["group"] == group)
    rows = indicators[wanted].astype({"scenario": str})
    return rows.pivot_table(index="year", columns="scenario", values="value", sort=False).sort_index()


yearly("headcount_ratio")

# %% [markdown]
# The three views of poverty differ a great deal. The registry counts whom it has listed; the survey sees income with error;
# the true view is effective income against the line of the year.

# %%
pd.DataFrame({view: yearly("headcount_ratio", view)[study.baseline] for view in ("true", "registry", "survey")})

# %% [markdown]
# ## Compare
#
# `compare` pairs every scenario with the baseline, replicate by replicate. An interval that holds zero means the simulation
# cannot tell the scenario from the baseline with these replicates.

# %%
comparison = compare(results)
everybody = comparison[(comparison["group"] == "all") & (comparison["view"] == "true")].astype({"year": str})
columns = ["scenario", "mean_difference", "low", "high", "probability_positive", "replicates"]
everybody[(everybody["indicator"] == "headcount_ratio") & (everybody["year"] == str(last))][columns]

# %% [markdown]
# ## Headcount ratio by scenario

# %%
draw_headcount(indicators, baseline=study.baseline)

# %% [markdown]
# ## Leaving poverty, and falling back

# %%
draw_exit_relapse(indicators, baseline=study.baseline)

# %% [markdown]
# A package can raise exits and relapses together: those it lifts last stand closest to the line. The next figure follows
# each exit until the first relapse.

# %%
life_tables = survival_by_run(spells)
draw_survival(life_tables, baseline=study.baseline, first_year=first)

# %% [markdown]
# ## What it costs
#
# Who pays for what, in current prices (mean over replicates, million yuan over all years):

# %%
per_run = costs.groupby(["scenario", "policy", "payer", "replicate"], observed=True)["yuan"].sum()
per_run.groupby(level=["scenario", "policy", "payer"], observed=True).mean().div(1e6).unstack("scenario").fillna(0)

# %% [markdown]
# The cost of one more lasting exit, in constant prices and discounted. No ratio is given where the gain is not clear.

# %%
draw_cost(comparison, price_year=first, discount_rate=study.discount_rate)

# %% [markdown]
# ## Who is left out

# %%
draw_left_out(indicators, comparison, baseline=study.baseline)

# %% [markdown]
# ## A question of your own
#
# Is the poverty gap closed as much as the headcount falls? Policies that lift those just below the line move the headcount
# and leave the gap; support of the poorest does the reverse.

# %%
end = pd.DataFrame({name: yearly(name).loc[last] for name in ("headcount_ratio", "poverty_gap", "squared_poverty_gap")})
end.div(end.loc[study.baseline]).sort_values("poverty_gap")
