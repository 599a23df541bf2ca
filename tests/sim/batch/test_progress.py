from __future__ import annotations

import io
from typing import Any

import pytest
from fake_county import fake_plan

from tuopin.sim.batch.progress import Bar, Lines, Meter, Progress, Silent, clock, display_for, line


def test_a_line_says_runs_failures_rate_and_time_left() -> None:
    state = Progress(total=100, skipped=20, done=18, failed=2, household_years=4e6, seconds=40.0)
    # 20 runs in 40 s, 60 to go: 120 s left; 4 M household-years in 40 s
    assert line(state) == "40 of 100 runs, 2 failed; 100 k household-years/s; 0:00:40 elapsed, 0:02:00 left"


def test_without_household_years_the_rate_is_in_runs() -> None:
    assert Progress(total=10, done=5, seconds=2.0).rate == "2.5 runs/s"
    assert line(Progress(total=10)) == "0 of 10 runs; -; 0:00:00 elapsed, -:--:-- left"


@pytest.mark.parametrize(("seconds", "text"), [(None, "-:--:--"), (59.6, "0:01:00"), (3661.0, "1:01:01")])
def test_clock(seconds: float | None, text: str) -> None:
    assert clock(seconds) == text


def test_lines_wait_two_seconds_and_then_come_every_five() -> None:
    time, stream = [0.0], io.StringIO()
    lines = Lines(stream, lambda: time[0])
    for second in range(20):
        time[0] = float(second)
        lines.update(Progress(total=20, done=second + 1, seconds=second))
    lines.close()
    assert [text.split()[0] for text in stream.getvalue().splitlines()] == ["3", "8", "13", "18", "20"]


def test_what_takes_an_instant_shows_nothing() -> None:
    stream = io.StringIO()
    lines = Lines(stream, lambda: 0.0)
    lines.update(Progress(total=1, done=1))
    lines.close()
    assert stream.getvalue() == ""


def test_notes_are_said_at_once() -> None:
    stream = io.StringIO()
    Lines(stream).note("a file was damaged")
    assert stream.getvalue() == "a file was damaged\n"


def test_a_bar_appears_on_a_terminal_and_shows_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    monkeypatch.setattr("tuopin.sim.batch.progress.SHOW_AFTER_SECONDS", 60.0)  # started below, not by the timer
    stream = io.StringIO()
    bar = Bar(Console(file=stream, force_terminal=True, width=120))
    bar._start()
    bar.update(Progress(total=10, done=4, failed=1, household_years=5e6, seconds=10.0))
    bar.note("something [odd]")
    bar.close()
    assert "5/10" in stream.getvalue() and "1 failed" in stream.getvalue() and "500 k" in stream.getvalue()
    assert "something [odd]" in stream.getvalue()


def test_a_short_batch_draws_no_bar() -> None:
    from rich.console import Console

    stream = io.StringIO()
    bar = Bar(Console(file=stream, force_terminal=True))
    bar.update(Progress(total=1, done=1))
    bar.close()
    assert stream.getvalue() == ""


def test_display_fits_where_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(display_for(False), Silent)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert isinstance(display_for(None), Lines)
    seen: list[Progress] = []
    display_for(seen.append).update(Progress(total=3))
    assert seen == [Progress(total=3)]


def test_meter_counts_from_what_was_done_before() -> None:
    seen: list[Progress] = []
    meter = Meter(Silent(seen.append), total=10, skipped=3, failed_before=1)
    meter.count(done=2, failed=1, household_years=50.0)
    assert [(state.finished, state.done, state.failed) for state in seen] == [(4, 0, 0), (7, 2, 1)]


def test_a_study_reports_every_task(run: Any) -> None:
    seen: list[Progress] = []
    run(fake_plan(raises=(("b", 1),)), progress=seen.append)
    assert [state.finished for state in seen] == [0, 3, 6, 9, 12]
    assert seen[-1].failed == 2 and seen[-1].household_years == 2000.0
