"""After a parser was mended: first what differs, field by field; then only that goes through the line again."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsroom.line import story
from newsroom.morgue import FIRST_COPY, OLDER, SLOW, Morgue, age
from wireroom.contracts import Block
from wireroom.crash import VARIABLE, Point
from wireroom.database import Connection
from wireroom.ledger.accept import CHUNK

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine

PAGES = Path(__file__).parents[2] / "pages"
SECTION, RULES = PAGES / "html/section-page.html", PAGES.parent / "rules"
NOBODY = "there is nobody to ask"


@pytest.fixture
def morgue(db: Connection, database: str) -> Morgue:
    return Morgue(db, database)


def on_the_line(morgue: Morgue) -> list[tuple[int, str]]:
    """The jobs on the line: the article that each is to make anew, and its lane."""
    return morgue.db.execute(
        "SELECT article_id, line.lane FROM line JOIN jobs ON jobs.id = line.job_id"
        " JOIN outcomes ON outcomes.job_id = jobs.replays ORDER BY 1"
    ).fetchall()


def test_differences_are_shown_field_by_field_and_nothing_is_done(wireroom: CommandLine, morgue: Morgue) -> None:
    same, other = morgue.keep(story(1)), morgue.misread(story(2), "Old ferry")
    age(morgue.db, other, title="Old ferry", authors=[], subtitle="Soon",
        blocks=[Block(kind="paragraph", text="The ferry numbered 2 sank.")])  # fmt: skip
    (review,) = wireroom("replay", "--all", "--dry-run", "--json").lines
    assert {name: review[name] for name in ("articles", "expired", "compared", "same", "differ")} == {
        "articles": 2, "expired": 0, "compared": 2, "same": 1, "differ": 1,
    }  # fmt: skip
    fields = {name: {kind: field[kind] for kind in ("same", "gained", "lost", "changed")}
              for name, field in review["fields"].items() if field["same"] < 2}  # fmt: skip
    assert fields == {
        "title": {"same": 1, "gained": 0, "lost": 0, "changed": 1},
        "subtitle": {"same": 1, "gained": 0, "lost": 1, "changed": 0},
        "authors": {"same": 1, "gained": 1, "lost": 0, "changed": 0},
        "blocks": {"same": 1, "gained": 0, "lost": 0, "changed": 1},
    }
    assert review["fields"]["title"]["examples"] == [
        {"article_id": other, "before": "Old ferry", "after": "Ferry number 2 reaches Lima on its first voyage"}
    ]
    assert review["words"]["stay"] == review["words"]["before"] - 1 < review["words"]["after"]
    text = wireroom("replay", "--all", "--dry-run").out
    assert "2 of 2 articles were read anew: 1 as before, 1 otherwise\n" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["title", "1", "0", "0", "1"] in rows and ["authors", "1", "1", "0", "0"] in rows
    assert ["title", str(other), "before", "Old", "ferry"] in rows
    assert not any(row[:1] == ["section"] for row in rows)
    assert on_the_line(morgue) == [] and same != other


def test_only_what_differs_goes_back_to_the_line_once(wireroom: CommandLine, morgue: Morgue) -> None:
    _, one, two = morgue.keep(story(1)), morgue.misread(story(2), "Old"), morgue.misread(story(3), "Older")
    ended = wireroom("replay", "--all", "--yes")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-1] == "2 being replayed, 1 read as before"
    assert on_the_line(morgue) == [(one, "backfill"), (two, "backfill")]
    assert morgue.value("SELECT min(producer) FROM jobs WHERE replays IS NOT NULL") == "cli:ada"
    again = wireroom("replay", "--all", "--yes")
    assert again.out.splitlines()[-1] == "0 being replayed, 1 read as before, 2 passed over"
    assert len(on_the_line(morgue)) == 2
    morgue.check()


def test_named_articles_are_told_of_one_by_one(wireroom: CommandLine, morgue: Morgue) -> None:
    one, two = morgue.misread(story(1), "Old"), morgue.misread(story(2), "Old")
    ended = wireroom("replay", str(two), "99", str(two), "--yes", "--stage", "parse")
    (job,) = (job for (job,) in morgue.db.execute("SELECT job_id FROM line"))
    assert ended.code == 1
    assert f"article {two} is being replayed by job {job}\n" in ended.out
    assert ended.err == "stays: there is no article 99\n"
    again = wireroom("replay", str(one), str(two), "--yes", "--source", "Tide", "--json")
    assert again.lines[:2] == [
        {"article_id": id_, "stays": f"article {id_} is not of what was asked"} for id_ in (one, two)
    ]
    passed = wireroom("replay", str(two), "--yes")
    assert (passed.code, passed.err) == (0, f"passed over: article {two} is being replayed at this moment\n")


def test_filters_choose_articles(wireroom: CommandLine, morgue: Morgue) -> None:
    early = morgue.misread(story(1), "Old", source="Tide", at="2025-05-01T10:00:00+00:00")
    late = morgue.misread(story(2), "Old", source="Tide", at="2025-05-03T10:00:00+00:00")
    ours = morgue.keep(story(3), source="Harbour", at="2025-05-03T10:00:00+00:00")
    for filters, articles in (
        (("--since", "2025-05-01T12:00+02:00", "--until", "2025-05-03T10:00"), 1),
        (("--parser", OLDER, "--since", "2025-05-02"), 1),
        ((str(early), str(ours), "--source", "Harbour"), 1),
    ):
        assert wireroom("replay", *filters, "--dry-run", "--json").lines[-1]["articles"] == articles, filters
    assert wireroom("replay", "--source", "Tide", "--until", "2025-05-02", "--yes").code == 0
    assert on_the_line(morgue) == [(early, "backfill")] and early != late


def test_a_sample_is_compared_and_then_everything(wireroom: CommandLine, morgue: Morgue) -> None:
    morgue.copies(morgue.misread(story(1), "Old"), 6)
    review, *replayed = wireroom("replay", "--all", "--yes", "--sample", "3", "--json").lines
    assert (review["articles"], review["compared"], review["differ"]) == (7, 3, 3)
    assert [set(line) for line in replayed] == [{"article_id", "job_id"}] * 7
    assert wireroom("replay", "--all", "--dry-run", "--sample", "0", "--json").lines[0]["compared"] == 7


def test_pages_that_expired_are_counted_and_named(wireroom: CommandLine, morgue: Morgue) -> None:
    gone, kept = morgue.misread(story(1), "Old"), morgue.misread(story(2), "Old")
    morgue.expire(gone)
    ended = wireroom("replay", "--all", "--dry-run")
    assert f"expired, as captures are kept WIREROOM_CAPTURE_DAYS: 1 (article {gone})\n" in ended.out
    done = wireroom("replay", "--all", "--yes", "--json")
    why = f"the page of article {gone} has expired: captures are kept WIREROOM_CAPTURE_DAYS"
    assert (done.code, done.lines[0]["expired"], done.lines[0]["first_expired"]) == (1, 1, [gone])
    assert done.lines[1] == {"article_id": gone, "stays": why}
    assert [id_ for id_, _ in on_the_line(morgue)] == [kept]


def test_of_many_that_stay_the_first_are_named(wireroom: CommandLine, morgue: Morgue) -> None:
    morgue.copies(morgue.keep(story(1)), 9)
    for number in range(9):
        morgue.expire(FIRST_COPY + number)
    ended = wireroom("replay", "--all", "--yes")
    assert [line.split()[:5] for line in ended.err.splitlines()[:5]] == [["stays:", "the", "page", "of", "article"]] * 5
    assert ended.err.splitlines()[5:] == ["stays: and others; --json names all of them"]
    assert ended.out.splitlines()[-1] == "0 being replayed, 1 read as before, 9 stay as they are"


def test_a_page_that_would_be_rejected_is_told_with_its_reason_and_stays(wireroom: CommandLine, morgue: Morgue) -> None:
    id_ = morgue.keep(story(1))
    morgue.repage(id_, SECTION.read_bytes())
    ended = wireroom("replay", "--all", "--yes")
    assert f"would be rejected: not_an_article: 1 (article {id_})\n" in ended.out
    why = f"the page of article {id_} would be rejected: not_an_article: the page is a list of stories, not a story"
    assert (ended.code, ended.err) == (1, f"stays: {why}\n")
    assert on_the_line(morgue) == []


def test_a_page_that_hangs_stays_and_the_others_go(wireroom: CommandLine, morgue: Morgue) -> None:
    wireroom.env["WIREROOM_ARTICLE_SECONDS"] = "0.2"
    before, slow, after = (morgue.misread(story(number), "Old") for number in range(3))
    morgue.repage(slow, SLOW)
    ended = wireroom("replay", "--all", "--yes", "--processes", "2")
    assert f"cannot be read: parse took more than 0.2 s: 1 (article {slow})\n" in ended.out
    assert ended.err == f"stays: the page of article {slow} cannot be read: parse took more than 0.2 s\n"
    assert [id_ for id_, _ in on_the_line(morgue)] == [before, after]


def test_pages_are_read_by_the_rules_that_the_settings_name(wireroom: CommandLine, morgue: Morgue) -> None:
    morgue.keep(story(1), "https://saltmarsh.example/leaf/212")
    morgue.repage(1, (RULES / "saltmarsh.example.html").read_bytes())
    wireroom.env["WIREROOM_RULES"] = str(RULES)
    (review,) = wireroom("replay", "--all", "--dry-run", "--json").lines
    (example,) = review["fields"]["title"]["examples"]
    assert example["after"] == "The weir at Kilmore is open again"


def test_a_rule_that_cannot_be_read_is_told_in_one_line(wireroom: CommandLine, morgue: Morgue, tmp_path: Path) -> None:
    morgue.keep(story(1))
    (tmp_path / "lake.toml").write_text("domain = 7\n")
    wireroom.env["WIREROOM_RULES"] = str(tmp_path)
    why = f"{tmp_path}/lake.toml: Expected `str`, got `int` - at `$.domain`"
    ended = wireroom("replay", "--all", "--dry-run")
    assert ended == (1, "", f"error: parse does not start: {why}\n")


def test_nothing_is_found(wireroom: CommandLine) -> None:
    ended = wireroom("replay", "--all", "--yes")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "0 of 0 articles were read anew: 0 as before, 0 otherwise\n0 being replayed\n"


def test_without_a_terminal_it_needs_a_word(wireroom: CommandLine, morgue: Morgue) -> None:
    morgue.misread(story(1), "Old")
    ended = wireroom("replay", "--all")
    assert (ended.code, ended.out) == (2, "") and NOBODY in ended.err
    assert on_the_line(morgue) == []


def on_a_terminal(wireroom: CommandLine, said: str) -> tuple[int, bytes, bytes]:
    """Replay all, with somebody there to ask; exit code and streams."""
    ours, theirs = pty.openpty()
    os.write(ours, said.encode())
    with wireroom.start("replay", "--all", stdin=theirs) as process:
        out, err = process.communicate(timeout=60)
    for end in (ours, theirs):
        os.close(end)
    return process.returncode, out, err


@pytest.mark.parametrize(("said", "code", "jobs"), [("n\n", 1, 0), ("y\n", 0, 1)])
def test_on_a_terminal_it_asks(wireroom: CommandLine, morgue: Morgue, said: str, code: int, jobs: int) -> None:
    morgue.misread(story(1), "Old")
    ended, out, err = on_a_terminal(wireroom, said)
    assert ended == code, err
    assert b"1 otherwise" in out and err == b"replay 1? [y/N]:"
    assert len(on_the_line(morgue)) == jobs


def test_nobody_is_asked_where_nothing_would_be_done(wireroom: CommandLine, morgue: Morgue) -> None:
    morgue.keep(story(1))
    ended, out, err = on_a_terminal(wireroom, "n\n")
    assert (ended, err) == (0, b"")
    assert out.splitlines()[-1] == b"0 being replayed, 1 read as before"


@pytest.fixture
def many(morgue: Morgue) -> Morgue:
    """A full step and a short one."""
    morgue.copies(morgue.misread(story(1), "Old"), CHUNK + 1)
    return morgue


@pytest.mark.parametrize(("point", "steps"), [(Point.REPLAY_WRITTEN, 0), (Point.REPLAY_COMMITTED, 1)])
def test_whoever_dies_leaves_whole_steps_and_goes_on(
    wireroom: CommandLine, many: Morgue, tmp_path: Path, point: Point, steps: int
) -> None:
    wireroom.env[VARIABLE] = f"{point}@1={tmp_path}/marker"
    assert wireroom.alone("replay", "--all", "--yes").code == -signal.SIGKILL
    assert len(on_the_line(many)) == steps * CHUNK
    again = wireroom.alone("replay", "--all", "--yes")
    assert again.code == 0
    assert len(set(on_the_line(many))) == many.value("SELECT count(*) FROM line") == CHUNK + 2
    many.check()


def test_ctrl_c_leaves_whole_steps(wireroom: CommandLine, many: Morgue) -> None:
    wireroom.env["WIREROOM_ARTICLE_SECONDS"] = "600"
    many.repage(FIRST_COPY + CHUNK, SLOW)
    with wireroom.start("replay", "--all", "--yes", "--sample", "1") as process:
        while process.poll() is None and not many.value("SELECT count(*) FROM line"):
            pass
        # Python loses an interrupt that comes while it runs a finalizer; a person presses again.
        for _ in range(20):
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(3)
                break
        assert process.stderr
        err = process.stderr.read()
    assert process.returncode != 0
    assert err.startswith(b"whole steps are done, and go on without you; the same command does the others\n")
    assert b"Traceback" not in err
    assert len(on_the_line(many)) == CHUNK
