"""The part of the footnote that all figures share."""

from __future__ import annotations

import pandas as pd

from tuopin.sim.figures.bands import ENOUGH_FOR_QUANTILES, replicates_of
from tuopin.sim.figures.words import Lang, say


def extent_notes(omitted: int, scale: float, lang: Lang) -> list[str]:
    """What a figure says of its extent.

    That it leaves out `omitted` scenarios, which nobody could tell apart in it; that it stands on the share `scale` of
    the households.
    """
    part = [] if scale == 1.0 else [say("part", lang, share=f"{100 * scale:.3g}%")]
    return [*part, *([say("omitted", lang, n=omitted)] if omitted else [])]


def comparison_notes(rows: pd.DataFrame, price_year: int | None, discount_rate: float | None, lang: Lang) -> list[str]:
    """Prices if money is shown, the wording of simulated figures, where, how many replicates, and what bars are."""
    rate = "" if discount_rate is None else say("rate", lang, rate=f"{discount_rate:.1%}")
    uncertainty, count = str(rows["uncertainty"].iloc[0]), int(rows["replicates"].max())
    bars = "quantiles" if uncertainty == "parameters" else "interval"
    sure = [say("replicates", lang, n=count), say(bars, lang, uncertainty=say(uncertainty, lang))]
    return [
        *([] if price_year is None else [say("discounted", lang, rate=rate, year=price_year)]),
        say("simulated", lang),
        *([say("place", lang, place=rows["place"].iloc[0])] if "place" in rows.columns else []),
        *(sure if count > 1 else [say("one_replicate", lang)]),
    ]


def common_notes(
    rows: pd.DataFrame, uncertainty: str, lang: Lang, place: str | None, omitted: int = 0, scale: float = 1.0
) -> list[str]:
    """Where, how many replicates, what the band is, and the wording every simulated figure carries."""
    notes = [say("simulated", lang), *extent_notes(omitted, scale, lang)]
    where = place or (str(rows["place"].iloc[0]) if "place" in rows.columns and len(rows) else None)
    if where:
        notes.append(say("place", lang, place=where))
    count = replicates_of(rows)
    if count == 1:
        return [*notes, say("one_replicate", lang)]
    band = "band_middle" if count >= ENOUGH_FOR_QUANTILES else "band_range"
    return [*notes, say("replicates", lang, n=count), say(band, lang, uncertainty=say(uncertainty, lang))]
