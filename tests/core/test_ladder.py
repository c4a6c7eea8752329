"""One glance tells which rung does not hold; what was not looked at is never shown as known."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from jupyter_kfp_connect.core.errors import error
from jupyter_kfp_connect.core.ladder import CONNECTION_RUNGS, Ladder
from jupyter_kfp_connect.core.times import from_iso, iso


def green() -> Ladder:
    ladder = Ladder()
    ladder.put(*(rung.ok(f"{rung.rung} holds", 5) for rung in ladder))
    return ladder


def states(ladder: Ladder) -> list[str]:
    return [rung.state for rung in ladder]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("timed-out", ["failed", "unknown", "unknown"]),
        ("wrong-password", ["ok", "failed", "unknown"]),
        ("forbidden", ["ok", "ok", "failed"]),
        ("unexpected", ["failed", "unknown", "unknown"]),
    ],
)
def test_a_rung_that_fails_takes_those_above_it_along(code: str, expected: list[str]) -> None:
    ladder = green()
    ladder.fail(error(code, "m", remedy_copy="kubectl x"))
    assert states(ladder) == expected
    failed = next(rung for rung in ladder if rung.state == "failed")
    assert failed.code == code
    assert failed.remedy is not None
    assert failed.remedy.copy == "kubectl x"
    assert not failed.holds


def test_a_rung_still_being_looked_at_below_a_failure_is_not_known() -> None:
    ladder = Ladder()
    ladder.put(ladder["reachable"].checking("h"), ladder["signed-in"].checking())
    ladder.fail(error("session-over", "m"))
    assert states(ladder) == ["unknown", "failed", "unknown"]


def test_whoever_watches_hears_of_each_change_with_all_of_it_done() -> None:
    heard: list[list[str]] = []
    ladder = Ladder(lambda: heard.append(states(ladder)))
    ladder.put(*(rung.checking() for rung in ladder))
    ladder.fail(error("timed-out", "m"))
    ladder.reset()
    assert heard == [["checking"] * 3, ["failed", "unknown", "unknown"], ["unknown"] * 3]


def test_what_the_panel_reads_is_whole() -> None:
    ladder = green()
    ladder.fail(error("forbidden", "no"))
    assert [rung.rung for rung in ladder] == list(CONNECTION_RUNGS)
    keys = {"rung", "state", "code", "detail", "remedy", "actor", "ms", "checked_at"}
    for rung in ladder:
        data = rung.to_dict()
        assert set(data) == keys
        assert data["checked_at"].endswith("Z")
    assert data["remedy"].keys() == {"text", "copy", "filename", "link"}


def test_times_survive_the_wire() -> None:
    time = datetime(2026, 11, 24, 12, 0, 0, 123000, tzinfo=timezone.utc)
    assert iso(time) == "2026-11-24T12:00:00.123Z"
    assert from_iso(iso(time)) == time
    assert (iso(None), from_iso(None)) == (None, None)
