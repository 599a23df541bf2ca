"""The ledger: every yuan of a run by year, programme and payer, with its distinct recipients.

Amounts are integers of 0.01 yuan (fen), so that sums are exact and free of order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.arrays import F64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.plain_names import ALLOWED, is_name
from tuopin.policies.arrays import Fen, Rows
from tuopin.policies.limits import Limit, Reach, limit_of

LEAKAGE = "leakage"
BACKGROUND = ("basic_insurance", "resident_pension", "grain_subsidy")
"""What every scenario pays whatever its programmes: accounts of these names are no programme's."""
SPENT, LENT, INVESTED, OWN = KINDS = ("spent", "lent", "invested", "own")
"""What money is: gone, to be repaid, capital that returns, or what households themselves pay (see `is_public`)."""


def is_public(kind: str) -> bool:
    """Whether money of this kind is public cost: what returns and what households pay is not."""
    return kind == SPENT


_Account = tuple[str, str, str]
"""Programme, payer and kind of money."""
MOST_FEN = 10**13
"""No single amount is larger (a hundred billion yuan): sums over the households of a county cannot overflow."""


class BudgetExceeded(RuntimeError):
    """A programme tried to spend more than its budget of the year."""


class AmountRefused(ValueError):
    """An amount that is no payment: negative, not whole fen, not one for each row, or too large to be added up."""


@dataclass(frozen=True)
class Entry:
    """One row of the accounts: a programme, a payer, a kind of money and a year.

    Recipients are distinct within the row; of money of kind `own` they are the households that pay it.
    """

    year: int
    policy: str
    payer: str
    kind: str
    households: int
    persons: int
    fen: int
    budget_fen: int | None
    slots: int | None
    villages: int = 0


class Ledger:
    """Accounts of one run. Open a year, post payments row by row of the households, close the year."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.limits: list[Limit] = []
        self._year = 0
        self._size = 0
        self._sums: dict[_Account, int] = {}
        self._spent: dict[str, int] = {}
        self._recipients: dict[_Account, Flags] = {}
        self._received: dict[str, Fen] = {}
        self._budgets: dict[str, int | None] = {}
        self._slots: dict[str, int | None] = {}
        self._reach: dict[str, Reach] = {}
        self._villages: dict[_Account, int] = {}
        self.acting: str | None = None
        """While a rule of another package's policy runs its name, under which alone money is then posted."""

    def open_year(self, year: int, households: int) -> None:
        """Start the accounts of `year` with `households` rows; budgets are set anew by `set_budget`."""
        self._refuse_while_acting("a new year")
        self._year, self._size = year, households
        self._sums, self._spent, self._recipients, self._budgets, self._slots = {}, {}, {}, {}, {}
        self._reach, self._received, self._villages = {}, {}, {}

    def set_budget(self, policy: str, fen: int | None, slots: int | None) -> None:
        """Set the year's budget (fen, None = unlimited) and slots of a programme."""
        self._refuse_while_acting("another budget")
        self._budgets[policy], self._slots[policy] = fen, slots

    def reach(self, policy: str) -> Reach:
        """How far the programme has come among households this year, to be written by the programme step."""
        return self._reach.setdefault(policy, Reach())

    def left(self, policy: str) -> int | None:
        """Fen left of the programme's budget of the year; None if unlimited."""
        budget = self._budgets.get(policy)
        return None if budget is None else budget - self.spent(policy)

    def spent(self, policy: str) -> int:
        """Fen posted to the programme this year, all payers."""
        return self._spent.get(policy, 0)

    def _add(self, account: _Account, fen: int) -> None:
        _refuse_unless(
            self.acting in (None, account[0]), str(self.acting), f"money of {account[0]!r}", "money of its own name"
        )
        self._sums[account] = self._sums.get(account, 0) + fen
        self._spent[account[0]] = self.spent(account[0]) + fen

    def post(self, policy: str, payer: str, rows: Rows, fen: Fen, kind: str = SPENT) -> None:
        """Post `fen[k]` paid by `payer` for household row `rows[k]`, money of one of `KINDS`.

        The budget bounds money of all kinds together.

        Raises
        ------
        BudgetExceeded
            If the budget does not reach; then nothing is posted.
        AmountRefused
            For an amount that is no payment.
        ValueError
            For another kind, or a payer that is no name.
        """
        if not is_name(payer):
            raise ValueError(f"{policy}: the payer {payer!r:.60}; allowed: {ALLOWED}")
        if kind not in KINDS:
            raise ValueError(f"{policy}: money of kind {kind!r}; allowed: {', '.join(KINDS)}")
        total = _total(f"{policy} ({payer})", rows, fen, self._size)
        left = self.left(policy)
        if left is not None and total > left:
            raise BudgetExceeded(f"{policy}: {total / 100:.2f} yuan in {self._year}, {left / 100:.2f} left")
        account = (policy, payer, kind)
        self._add(account, total)
        if kind != OWN and policy not in self._received:
            self._received[policy] = np.zeros(self._size, dtype=np.int64)
        received = _NOBODY if kind == OWN else self._received[policy]
        _book(np.asarray(rows, dtype=np.int64), np.asarray(fen, dtype=np.int64), self._receivers(account), received)

    def post_common(self, policy: str, payer: str, receives: Flags, fen: int, villages: int, kind: str = SPENT) -> None:
        """Post `fen` for what `villages` have in common; all households of `receives`, bool per household, have it.

        Of what a household received it is an equal part, rounded down to fen; the sum posted is exact.

        Raises
        ------
        BudgetExceeded
            If the budget does not reach; then nothing is posted.
        AmountRefused
            For an amount that is no payment.
        """
        rows = np.flatnonzero(receives)
        _refuse_unless(0 <= fen <= 2**62, policy, f"{fen} fen for villages", f"0 to {2**62}")
        left = self.left(policy)
        if left is not None and fen > left:
            raise BudgetExceeded(f"{policy}: {fen / 100:.2f} yuan in {self._year}, {left / 100:.2f} left")
        each = fen // len(rows) if len(rows) else 0
        self.post(policy, payer, rows, np.full(len(rows), each, dtype=np.int64), kind)
        account = (policy, payer, kind)
        self._add(account, fen - each * len(rows))
        self._receivers(account)[rows] = True
        self._villages[account] = self._villages.get(account, 0) + villages

    def received(self, policy: str) -> Fen:
        """What the programme has paid to each household this year, fen, shape (households,)."""
        if policy not in self._received:
            return np.zeros(self._size, dtype=np.int64)
        return self._received[policy]

    def post_background(self, policy: str, payer: str, units: NDArray[np.number], yuan: float = 1.0) -> None:
        """Post an ordinary transfer that belongs to every scenario: `yuan` for each of `units`, shape (households,)."""
        if len(units):
            most, least = float(np.max(units)) * yuan * 100.0, float(np.min(units)) * yuan * 100.0
            right = least > -0.5 and most <= MOST_FEN  # also refuses NaN
            _refuse_unless(right, policy, f"amounts of {least:g} to {most:g} fen", f"0 to {MOST_FEN}")
        receives = np.empty(len(units), dtype=np.bool_)
        total = int(_background(np.asarray(units, dtype=np.float64), yuan, receives))
        account = (policy, payer, SPENT)
        self._add(account, total)
        self._recipients[account] = receives

    def post_leakage(self, policy: str, fen: int) -> None:
        """Post money that reached nobody.

        Raises
        ------
        BudgetExceeded
            If the budget does not hold it; then nothing is posted.
        """
        _refuse_unless(0 <= fen <= 2**62, policy, f"leakage of {fen} fen", f"0 to {2**62}")
        if fen == 0:
            return
        left = self.left(policy)
        if left is not None and fen > left:
            raise BudgetExceeded(f"{policy}: leakage of {fen / 100:.2f} yuan in {self._year}, {left / 100:.2f} left")
        account = (policy, LEAKAGE, SPENT)
        self._add(account, fen)
        self._receivers(account)

    def _refuse_while_acting(self, what: str) -> None:
        _refuse_unless(self.acting is None, str(self.acting), what, "money posted")

    def _receivers(self, account: _Account) -> Flags:
        if account not in self._recipients:
            self._recipients[account] = np.zeros(self._size, dtype=np.bool_)
        return self._recipients[account]

    def close_year(self, members: NDArray[np.integer]) -> list[Entry]:
        """Turn the year's postings into entries in order of names, and return them.

        There is one for each programme, payer and kind.
        """
        self._refuse_while_acting("the end of the year")
        closed = []
        for account, mask in sorted(self._recipients.items(), key=lambda item: item[0]):
            households, persons = _count(mask, members)
            amount, budget, slots = self._sums[account], self._budgets.get(account[0]), self._slots.get(account[0])
            villages = self._villages.get(account, 0)
            closed.append(Entry(self._year, *account, int(households), int(persons), amount, budget, slots, villages))
        self.entries.extend(closed)
        for policy, budget in sorted(self._budgets.items()):
            reach, spent, slots = self.reach(policy), self.spent(policy), self._slots.get(policy)
            self.limits.append(limit_of(self._year, policy, budget, spent, slots, reach))
        return closed


def _total(account: str, rows: Rows, fen: Fen, households: int) -> int:
    """The sum of the amounts of one posting, each of which is a payment."""
    whole = isinstance(fen, np.ndarray) and fen.dtype.kind in "iu" and fen.shape == np.shape(rows)
    _refuse_unless(whole, account, "other than one whole number of fen for each row", "integer arrays of equal length")
    if len(fen) == 0:
        return 0
    places, most_rows = np.asarray(rows), f"whole numbers from 0 to {households - 1}"
    _refuse_unless(places.dtype.kind in "iu", account, "rows that are no households", most_rows)
    (first, last), (least, most) = _ends(places), _ends(fen)
    _refuse_unless(first >= 0 and last < households, account, "rows that are no households", most_rows)
    right = least >= 0 and most <= MOST_FEN and most * len(fen) < 2**63
    _refuse_unless(right, account, f"amounts of {least} to {most} fen", f"0 to {MOST_FEN}")
    return int(fen.sum())


def _ends(values: NDArray[np.generic]) -> tuple[int, int]:
    """The least and the greatest of at least one value."""
    if values.dtype != np.int64:
        return int(values.min()), int(values.max())
    least, most = _extremes(np.asarray(values, dtype=np.int64))
    return int(least), int(most)


def _refuse_unless(right: bool, account: str, what: str, allowed: str) -> None:
    if not right:
        raise AmountRefused(f"{account}: the ledger is given {what}; allowed: {allowed}")


def fen(yuan: F64) -> Fen:
    """Round yuan to integers of 0.01 yuan, any shape."""
    amounts = np.empty(yuan.shape, dtype=np.int64)
    _fen(np.ascontiguousarray(yuan, dtype=np.float64).ravel(), amounts.ravel())
    return amounts


@rule
def whole_fen(yuan: float) -> int:
    """One amount of yuan as an integer of 0.01 yuan, halves up."""
    return np.int64(np.floor(yuan * 100.0 + 0.5))  # type: ignore[return-value]  # an int to numba


@compiled
def _fen(yuan: F64, amounts: Fen) -> None:
    for i in range(yuan.shape[0]):
        amounts[i] = whole_fen(yuan[i])


@compiled
def _background(units: F64, yuan: float, receives: Flags) -> int:
    """Mark who receives; return the total in fen."""
    total = 0
    for i in range(units.shape[0]):
        amount = whole_fen(units[i] * yuan)
        receives[i] = amount != 0
        total += amount
    return total


_NOBODY = np.empty(0, dtype=np.int64)


@compiled
def _extremes(values: Fen) -> tuple[int, int]:
    least = most = values[0]
    for k in range(values.shape[0]):
        least, most = min(least, values[k]), max(most, values[k])
    return least, most


@compiled
def _book(rows: Rows, fen: Fen, receives: Flags, received: Fen) -> None:
    """Mark who receives something, and add it to what he has received unless that is kept of nobody."""
    for k in range(rows.shape[0]):
        if fen[k] != 0:
            receives[rows[k]] = True
            if received.shape[0]:
                received[rows[k]] += fen[k]


@compiled
def _count(receives: Flags, members: NDArray[np.integer]) -> tuple[int, int]:
    """Return the number of households that receive, and of their members."""
    households, persons = 0, 0
    for i in range(receives.shape[0]):
        households += receives[i]
        persons += receives[i] * members[i]
    return households, persons
