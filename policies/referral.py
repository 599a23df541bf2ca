"""The first part of the programme step: every module that finds households sends them to measures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuopin.agents.arrays import F64
from tuopin.agents.county import County
from tuopin.agents.referrals import Referrals
from tuopin.policies.protocol import Policy


def refer(county: County, policies: Sequence[Policy]) -> None:
    """Ask every policy whom it sends, on the state at the start of the step, and tell who delivers what.

    Where several send a household to one measure, the longest cover counts; of a programme's measures the longest too.
    """
    by_measure: dict[str, F64] = {}
    for policy in policies:
        for measure, share in policy.refer(county).items():
            known = by_measure.get(measure)
            by_measure[measure] = share if known is None else np.maximum(known, share)
    sent = {measure: share for measure, share in by_measure.items() if share.any()}
    delivered = {m: tuple(p.name for p in policies if m in p.measures) for m in sent}
    by_programme = {
        policy.name: np.maximum.reduce([sent[m] for m in policy.measures if m in sent])
        for policy in policies
        if any(m in sent for m in policy.measures)
    }
    county.referrals = Referrals(sent, by_programme, delivered)
