"""What monitoring reports: its list by status and cause, and of each measure who was sent and who was served."""

from __future__ import annotations

import numpy as np

from tuopin.agents.arrays import I8, I64
from tuopin.agents.columns import EXITED, EXITED_UNSTABLE, NEAR_POOR, OUTSIDE
from tuopin.agents.county import County
from tuopin.policies.arrays import Mask
from tuopin.policies.finding.monitoring.packages import CAUSES
from tuopin.policies.measures import measures
from tuopin.policies.own_columns import column_prefix
from tuopin.policies.reports import Report

_ZH = ("", "因病", "因残", "务工", "产业", "意外", "因学", "疫情", "灾害", "其他")
REPORTS = (
    Report("edge_households", "households", "listed at the edge, never exited", "边缘易致贫户", stock=True),
    Report("unstable_households", "households", "listed after an exit", "脱贫不稳定户", stock=True),
    *(
        Report(f"cause_{cause}_households", "households", f"listed for {cause}", f"监测户：{zh}", stock=True)
        for cause, zh in zip(CAUSES[1:], _ZH[1:], strict=True)
    ),
    *(
        Report(f"sent_{m.name}_households", "households", f"sent to {m.label.lower()}", f"转介：{m.label_zh}")
        for m in measures().values()
    ),
    *(
        Report(
            f"served_{m.name}_households",
            "households",
            f"sent and served: {m.label.lower()}",
            f"获得：{m.label_zh}",
        )
        for m in measures().values()
    ),
    Report("undelivered_measures", "measures", "measures that no programme delivers", "无项目承接的措施"),
    Report("exits_revoked_persons", "persons", "exits revoked by inspection", "督查撤销退出人口"),
    Report("found_households", "households", "put on the list this year", "当年新纳入监测户"),
    Report("waited_months", "household-months", "from the start of the risk to the referral", "识别到转介等待户月"),
)


def counts(county: County, listed: I64, cause: I8) -> dict[str, float]:
    """Households on the list by status and cause; and of each measure how many were sent, served, and not delivered.

    `listed` are the rows of the list, `cause` is recorded of each. Who came back onto the register this year is on it
    no more.
    """
    status, sent = county.households.registry_status[listed], county.referrals
    edge = (status == OUTSIDE) | (status == NEAR_POOR)
    unstable = (status == EXITED) | (status == EXITED_UNSTABLE)
    found = {
        "edge_households": float(np.count_nonzero(edge)),
        "unstable_households": float(np.count_nonzero(unstable)),
    }
    numbers = np.bincount(cause[edge | unstable], minlength=len(CAUSES))
    found |= {f"cause_{name}_households": float(numbers[code]) for code, name in enumerate(CAUSES) if code > 0}
    undelivered = 0
    for name in measures():
        share, by = sent.by_measure.get(name), sent.delivered_by.get(name, ())
        here = _NOBODY if share is None else share > 0
        served = np.zeros(len(here), dtype=np.bool_)
        for programme in by if share is not None else ():
            served |= _enrolled(county, f"{column_prefix(programme)}_since")
        number = int(np.count_nonzero(here))
        undelivered += 0 if by else number
        found[f"sent_{name}_households"] = float(number)
        found[f"served_{name}_households"] = float(np.count_nonzero(here & served))
    found["undelivered_measures"] = float(undelivered)
    return found


_NOBODY = np.zeros(0, dtype=np.bool_)


def _enrolled(county: County, since: str) -> Mask:
    """Who is enrolled in the programme of this column, or lives in a village that is."""
    if since in county.villages.own:
        mask: Mask = (county.villages.column(since) > 0)[county.households.village]
    else:
        mask = county.households.column(since) > 0
    return mask
