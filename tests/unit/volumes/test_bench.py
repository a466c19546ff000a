"""Sources beside each other: an outage of ours, or a holiday of all, is no silence of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wireroom.volumes.bench import QUIET, Bench, Recent, Source
from wireroom.volumes.gaps import GapLaw
from wireroom.volumes.habits import DAY, WEEK, Habit
from wireroom.volumes.whole import LOWEST, Hour, tide

NOW = 480_000


def source(name: str, rate: float = 1.0, last: int = NOW - 1) -> Source:
    habit = Habit(56, [rate] * WEEK, 1.0, 1.0, GapLaw())
    return Source(name, NOW - 80 * DAY, last, habit, "ok", NOW - 1000, None)


def hours(heard: Iterable[int], *, unwatched: Iterable[int] = (), judged: int = 10_000) -> list[Hour]:
    """The last week: in which of the hours back anybody was heard, in which no dispatcher was there."""
    on, off = {NOW - back for back in heard}, {NOW - back for back in unwatched}
    span = range(NOW - WEEK, NOW)
    return [
        Hour(hour, int(hour in on), hour not in off, None if hour >= NOW - judged else 0.0, None) for hour in span
    ]  # fmt: skip


def recent(*sources: Source, a_day: float = 24.0) -> dict[str, Recent]:
    every = {one.name: one for one in sources}
    return {name: Recent({hour: int(a_day // DAY) for hour in range(NOW - WEEK, (one.last or 0) + 1)})
            for name, one in every.items()}  # fmt: skip


def states(bench: Bench, *sources: Source) -> list[str]:
    return [bench.verdict(one)[0].state for one in sources]


ALL = range(1, WEEK + 1)


def test_one_that_is_silent_beside_others_is_silent() -> None:
    gone, other = source("gone", last=NOW - 16), source("other")
    bench = Bench(NOW, [gone, other], recent(gone, other), {}, hours(ALL))
    assert states(bench, gone, other) == ["silent", "ok"]
    assert bench.verdict(gone)[1] == NOW - 15
    assert bench.quiet is None


def test_where_nobody_is_heard_none_is_silent_but_the_whole_is_quiet() -> None:
    all_gone = [source(f"s{n}", last=NOW - 16) for n in range(5)]
    bench = Bench(NOW, all_gone, recent(*all_gone), {}, hours(range(16, WEEK + 1)))
    assert "silent" not in states(bench, *all_gone)
    assert bench.quiet and bench.quiet.hours == range(NOW - 15, NOW) and bench.quiet.expected > 40
    assert not bench.was_quiet


def test_an_outage_that_is_over_counts_for_none() -> None:
    gone, *others = [source("gone", last=NOW - 16), *(source(f"s{n}") for n in range(5))]
    heard = [back for back in ALL if not 2 < back < 16]
    bench = Bench(NOW, [gone, *others], recent(gone, *others), {}, hours(heard))
    assert states(bench, gone)[0] == "ok"
    bench = Bench(NOW, [gone, *others], recent(gone, *others), {}, hours(ALL))
    assert states(bench, gone)[0] == "silent"


def test_the_silence_of_one_that_is_nearly_all_there_is_is_its_own() -> None:
    large, small = source("large", rate=5.0, last=NOW - 5), source("small", rate=0.05, last=NOW - 20)
    bench = Bench(NOW, [large, small], recent(large, small), {}, hours(range(5, WEEK + 1)))
    assert states(bench, large, small) == ["silent", "ok"]


def test_hours_in_which_wireroom_did_not_run_count_for_none() -> None:
    alone = source("alone", last=NOW - 30)
    for unwatched, expected in ((range(1, 25), "ok"), ((), "silent")):
        bench = Bench(NOW, [alone], recent(alone), {}, hours(range(30, WEEK + 1), unwatched=unwatched))
        assert states(bench, alone) == [expected]


def test_a_quiet_that_is_over_is_known_to_have_been() -> None:
    some = [source(f"s{n}") for n in range(5)]
    before = [one._replace(expected=4.0 if one.sources == 0 else 0.0) for one in hours(range(9, WEEK + 1))[:-1]]
    bench = Bench(NOW, some, recent(*some), {}, [*before, Hour(NOW - 1, 1, True, None, None)])
    assert bench.was_quiet and bench.quiet is None


def test_on_a_holiday_less_is_expected_of_all() -> None:
    resting = [source(f"s{n}", rate=0.5, last=NOW - 1) for n in range(12)]
    gone = source("gone", rate=0.5, last=NOW - 40)
    less = {one.name: Recent(dict.fromkeys(range(NOW - DAY, NOW, 6), 1)) for one in resting}
    less["gone"] = Recent(dict.fromkeys(range(NOW - WEEK, NOW - 39, 2), 1))
    marked = [one._replace(tide=LOWEST, expected=0.0) for one in hours(ALL)[:-1]]
    today = [*marked, Hour(NOW - 1, 3, True, None, None)]
    bench = Bench(NOW, [gone, *resting], less, {}, today)
    assert bench.hours[0].tide == 4 / 12 and states(bench, gone) == ["ok"]
    assert states(Bench(NOW, [gone, *resting], less, {}, hours(ALL, judged=1)), gone) == ["silent"]


def test_the_alert_of_a_quiet_whole_is_as_sure_as_the_log() -> None:
    alerts = (Path(__file__).parents[3] / "infra/deploy/prometheus/alerts.yml").read_text("utf-8")
    assert f"max(wireroom_unheard_sources) > {QUIET:.1f}\n" in alerts


def test_the_tide_is_that_of_the_middle_source_of_many() -> None:
    assert tide([(3, 10.0)] * 9) == 1.0
    assert tide([(3, 10.0)] * 10) == 0.3
    assert tide([(30, 10.0)] * 10) == 1.0
    assert tide([(0, 10.0)] * 10) == LOWEST
    assert tide([(0, 4.9)] * 10 + [(10, 10.0)] * 10) == 1.0
