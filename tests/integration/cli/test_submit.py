"""Articles into the ledger from the command line: all kinds, bad ones told of, safe to repeat."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsroom.desk import Desk
from wireroom.broker import Broker
from wireroom.database import Connection
from wireroom.embedded import EmbeddedValkey

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def everything(db: Connection) -> list[list[tuple[str]]]:
    """All that accepting writes."""
    tables = ("jobs", "line", "captures", "receipts", "offers", "sightings")
    return [db.execute(f"SELECT {table}::text FROM {table} ORDER BY 1".encode()).fetchall() for table in tables]


def jobs(desk: Desk, columns: str) -> list[tuple[Any, ...]]:
    return desk.db.execute(f"SELECT {columns} FROM jobs ORDER BY id".encode()).fetchall()


def test_a_folder_is_taken_deep_and_sorted_without_hidden_files(wireroom: CommandLine, desk: Desk) -> None:
    write(wireroom.folder, {"in/b.txt": "B", "in/a.html": "<p>A", "in/deep/c.txt": "C", "in/.git/d.txt": "D"})
    write(wireroom.folder, {"in/.hidden.txt": "E"})
    ended = wireroom("submit", "in", "--json")
    assert ended.code == 0
    assert [line["what"] for line in ended.lines] == ["in/a.html", "in/b.txt", "in/deep/c.txt"]
    assert [line["job_id"] for line in ended.lines] == [id_ for (id_,) in jobs(desk, "id")]
    desk.check()


def test_the_table_names_each_job(wireroom: CommandLine) -> None:
    write(wireroom.folder, {"story.txt": "A story."})
    ended = wireroom("submit", "story.txt", "https://news.example/a")
    assert [line.split() for line in ended.out.splitlines()] == [
        ["job", "duplicate", "what"], ["1", "story.txt"], ["2", "https://news.example/a"],
    ]  # fmt: skip
    assert ended.err == "2 accepted\n"


def test_what_a_file_holds_is_told_by_its_name_or_left_to_be_looked_at(wireroom: CommandLine, desk: Desk) -> None:
    files: dict[str, str | bytes] = {
        "a.html": "<p>A",
        "b.HTM": "<p>B",
        "c.txt": "C",
        "d.md": "D",
        "e.html": "<p>été".encode("latin-1"),
    }
    write(wireroom.folder, files)
    assert wireroom("submit", *files).code == 0
    rows = desk.db.execute("SELECT content_type, bytes FROM captures ORDER BY job_id").fetchall()
    html, text = "text/html; charset=utf-8", "text/plain; charset=utf-8"
    assert rows == [(html, 4), (html, 4), (text, 1), ("", 1), ("text/html", 6)]


def test_options_say_who_offers_what_and_when(wireroom: CommandLine, desk: Desk) -> None:
    wireroom("submit", "https://www.news.example/a")
    options = ("--producer", "archive", "--source", "Harbour Wire", "--lane", "backfill")
    wireroom("submit", "https://www.news.example/b", *options)
    assert jobs(desk, "producer, source, lane") == [
        ("cli:ada", "news.example", "live"), ("archive", "Harbour Wire", "backfill"),
    ]  # fmt: skip


def test_a_line_is_a_url_or_an_article_of_anybodys(wireroom: CommandLine, desk: Desk) -> None:
    lines = [
        "https://news.example/a",
        "",
        '{"text": "Inline.", "producer": "feed", "source": "S", "lane": "backfill", "key": "7", "meta": {"n": 1}}',
    ]
    ended = wireroom("submit", "-", "--json", stdin="\ufeff" + "\r\n".join(lines))
    assert (ended.code, [line["what"] for line in ended.lines]) == (0, ["https://news.example/a", "line 3"])
    assert jobs(desk, "producer, source, lane, meta") == [
        ("cli:ada", "news.example", "live", {}), ("feed", "S", "backfill", {"n": 1}),
    ]  # fmt: skip
    assert desk.value("SELECT key FROM receipts WHERE producer = 'feed'") == "7"


def test_lists_are_taken_wherever_they_stand(wireroom: CommandLine, desk: Desk) -> None:
    write(
        wireroom.folder, {"in/urls.txt": "https://news.example/a\nhttps://news.example/b\n", "in/story.txt": "A story."}
    )
    write(wireroom.folder, {"in/table.csv": "url,source,published\nhttps://news.example/c,Wire,May 2\n"})
    write(wireroom.folder, {"in/table2.csv": "url,source,desk\nhttps://news.example/c,Wire,sea\n"})
    ended = wireroom("submit", "in", "--json")
    assert (ended.code, len(ended.lines)) == (1, 4)
    assert ended.err.splitlines()[0].startswith("refused: in/table.csv, line 2: published: published must be ISO 8601")
    assert jobs(desk, "url, source, meta")[1:] == [
        ("https://news.example/c", "Wire", {"desk": "sea"}),
        ("https://news.example/a", "news.example", {}), ("https://news.example/b", "news.example", {}),
    ]  # fmt: skip


def test_options_go_before_what_a_line_says(wireroom: CommandLine, desk: Desk) -> None:
    line = '{"text": "Inline.", "producer": "feed", "source": "S", "lane": "backfill"}'
    wireroom("submit", "-", "--producer", "P", "--source", "T", "--lane", "live", stdin=line)
    assert jobs(desk, "producer, source, lane") == [("P", "T", "live")]


def test_repeating_changes_nothing_and_says_so(wireroom: CommandLine, desk: Desk) -> None:
    write(wireroom.folder, {"in/a.txt": "A", "in/b.html": "<p>B"})
    first = wireroom("submit", "in", "https://news.example/a", "--json")
    before = everything(desk.db)
    again = wireroom("submit", "in", "https://news.example/a", "--json")
    assert again.code == 0
    assert [line["job_id"] for line in again.lines] == [line["job_id"] for line in first.lines]
    assert [line["duplicate"] for line in first.lines + again.lines] == [False] * 3 + [True] * 3
    assert everything(desk.db) == before
    assert again.err == "3 accepted (3 known before)\n"


def test_a_repeat_after_the_offer_is_forgotten_is_still_the_same_job(wireroom: CommandLine, desk: Desk) -> None:
    wireroom("submit", "https://news.example/a")
    desk.db.execute("UPDATE offers SET until = now() - interval '1 hour'")
    assert wireroom("submit", "https://news.example/a", "--json").lines[0]["job_id"] == 1
    assert wireroom("submit", "https://news.example/a", "--json", "--key-prefix", "may-").lines[0]["job_id"] == 2
    assert desk.value("SELECT bool_or(key LIKE 'may-%%') FROM receipts")


def test_the_same_under_another_label_is_a_sighting_not_a_quarrel(wireroom: CommandLine, desk: Desk) -> None:
    write(wireroom.folder, {"a.txt": "A"})
    wireroom("submit", "a.txt")
    ended = wireroom("submit", "a.txt", "--source", "S", "--lane", "backfill", "--json")
    assert (ended.code, ended.lines) == (0, [{"job_id": 1, "what": "a.txt", "duplicate": True}])
    assert desk.value("SELECT source FROM sightings") == "S"


def test_the_same_twice_in_one_command_is_one_job(wireroom: CommandLine) -> None:
    ended = wireroom("submit", "https://news.example/a", "https://news.example/a", "--json")
    assert [(line["job_id"], line["duplicate"]) for line in ended.lines] == [(1, False), (1, True)]


def test_what_cannot_be_read_is_told_and_the_others_go_on(wireroom: CommandLine, desk: Desk) -> None:
    folder = wireroom.folder
    write(folder, {"empty.txt": " \n", "photo.jpg": b"\xff\xd8\xff\xe0\0\0", "bits.txt": bytes(range(256)) * 7})
    write(folder, {"big.txt": "x" * 2001, "lines.jsonl": "{}", "good.txt": "Good."})
    (folder / "none").mkdir()
    wireroom.env["WIREROOM_CONTENT_BYTES"] = "2000"
    bad = ["missing.txt", "empty.txt", "photo.jpg", "bits.txt", "big.txt", "lines.jsonl", "none", ""]
    ended = wireroom("submit", *bad, "good.txt", "--json")
    assert (ended.code, [line["what"] for line in ended.lines]) == (1, ["good.txt"])
    fix = "submit the article as HTML or plain text"
    told = sorted(ended.err.splitlines())
    assert told == sorted(
        [
            "refused: missing.txt: there is no such file; an address begins with http:// or https://",
            "refused: empty.txt: the file is empty",
            f"refused: photo.jpg: the content is a file such as an image, a PDF or an archive, not text; {fix}",
            f"refused: bits.txt: the content is bytes that are not text in any charset; {fix}",
            "refused: big.txt: it has more than the 2,000 bytes that an article may have",
            "refused: lines.jsonl, line 1: url: give a url to fetch, or the article inline in html, text or body",
            "refused: none: there are no files in this folder",
            "refused: an argument: it is empty: give a file, a folder or a URL",
            "1 accepted, 8 refused",
        ]
    )
    desk.check()


def test_what_is_no_file_in_a_folder_keeps_nobody_waiting(wireroom: CommandLine) -> None:
    folder = wireroom.folder / "in"
    write(wireroom.folder, {"in/good.txt": "Good.", "other/far.txt": "Far."})
    os.mkfifo(folder / "pipe")
    (folder / "broken").symlink_to("nowhere")
    (folder / "linked").symlink_to(wireroom.folder / "other")
    (folder / "loop").symlink_to(folder)
    (folder / "far.txt").symlink_to(wireroom.folder / "other/far.txt")
    ended = wireroom("submit", "in", "--json")
    assert [line["what"] for line in ended.lines] == ["in/far.txt", "in/good.txt"]
    assert ended.err.splitlines() == [
        "refused: in/broken: this is not a file",
        "refused: in/linked: this is a link to a folder: name that folder itself",
        "refused: in/loop: this is a link to a folder: name that folder itself",
        "refused: in/pipe: this is not a file",
        "2 accepted, 4 refused",
    ]


BAD_LINES: list[tuple[str | bytes, str]] = [
    ("news.example/a", "it is neither a URL nor a JSON object: give one of them a line"),
    ("[]", "it is neither a URL nor a JSON object"),
    ("ftp://news.example/a", "url: the URL must begin with http:// or https://, not ftp:"),
    ('{"url": "https://news.example/a", "titel": "A"}', "titel: unknown field titel; known are: url, html, "),
    ('{"url": 7}', "url: url must be a string, not int"),
    ('{"text": "A", "lane": "fast"}', "lane: lane must be live or backfill"),
    ('{"text": "A", "body": "QQ=="}', "body: give the content once: in text or body, not in both"),
    ('{"text": ""}', "text: text is empty"),
    ('{"text": "A", "published": "May 2"}', "published: published must be ISO 8601, as "),
    ('{"text": "A", "key": "' + "k" * 513 + '"}', "key: key has 513 "),
    ('{"text": "A"', "the JSON is malformed: it ends too early, at byte 12"),
    ('{"text": "A"} {}', "the JSON is malformed at byte 15: "),
    ("{}", "url: give a url to fetch, or the article inline in html, text or body"),
    (b'{"text": "\xff"}', "the JSON is not UTF-8 at byte 10: "),
    ('{"text": "A", "meta": ' + '{"a":' * 20_000 + "1" + "}" * 20_001, "the JSON is nested too deep"),
]


def test_bad_lines_are_told_with_number_field_and_fix(wireroom: CommandLine) -> None:
    bad = [line.encode() if isinstance(line, str) else line for line, _ in BAD_LINES]
    ended = wireroom("submit", "-", "--json", stdin=b"\n".join([b"https://news.example/1", *bad, b'{"text": "A"}']))
    assert (ended.code, len(ended.lines)) == (1, 2)
    *told, sums = ended.err.splitlines()
    for number, ((_, cause), line) in enumerate(zip(BAD_LINES, told, strict=True), 2):
        assert line.startswith(f"refused: line {number}: {cause}")
    assert sums == f"2 accepted, {len(BAD_LINES)} refused"


def test_a_key_for_another_article_is_refused(wireroom: CommandLine) -> None:
    ended = wireroom("submit", "-", "--json", stdin='{"text": "A", "key": "7"}\n{"text": "B", "key": "7"}\n')
    assert (ended.code, [line["job_id"] for line in ended.lines]) == (1, [1])
    assert ended.err.startswith("refused: line 2: key: this key was used for another article")


def test_many_lines_go_in_by_chunks(wireroom: CommandLine, desk: Desk) -> None:
    lines = [json.dumps({"text": f"Article {n}", "producer": f"p{n % 3}"}) for n in range(1203)]
    ended = wireroom("submit", "-", "--json", stdin="\n".join(lines))
    assert ended.code == 0
    assert [line["what"] for line in ended.lines] == [f"line {n + 1}" for n in range(1203)]
    assert len({line["job_id"] for line in ended.lines}) == 1203
    producer: dict[int, str] = dict(desk.db.execute("SELECT id, producer FROM jobs").fetchall())
    assert all(producer[line["job_id"]] == f"p{n % 3}" for n, line in enumerate(ended.lines))
    desk.check()


def test_dispatchers_are_woken(wireroom: CommandLine, valkey: EmbeddedValkey) -> None:
    wireroom.env["WIREROOM_REDIS_URL"] = valkey.url
    broker = Broker(valkey.url)
    wakes = broker.wakes(0.1)
    assert not next(wakes)
    with wireroom.start("submit", "https://news.example/a") as process:
        assert any(next(wakes) for _ in range(300))
        process.communicate(timeout=60)
    broker.close()


def test_ctrl_c_ends_it_without_a_traceback_and_keeps_what_was_accepted(wireroom: CommandLine, desk: Desk) -> None:
    with wireroom.start("submit", "-", "--json") as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(b"".join(b"https://news.example/%d\n" % n for n in range(501)))
        process.stdin.flush()
        told = [json.loads(process.stdout.readline()) for _ in range(500)]
        # Python loses an interrupt that comes while it runs a finalizer; a person presses again.
        for _ in range(20):
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
                break
        assert process.returncode == 130
        assert b"Traceback" not in process.stderr.read()
    assert [line["job_id"] for line in told] == [id_ for (id_,) in jobs(desk, "id")]


def test_a_database_that_goes_away_midway_is_told_in_a_sentence(wireroom: CommandLine, desk: Desk) -> None:
    with wireroom.start("submit", "-") as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(b"".join(b"https://news.example/%d\n" % n for n in range(501)))
        process.stdin.flush()
        process.stdout.readline()
        desk.db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wireroom cli'"
        )
        err = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 1
    assert err.startswith("error: Postgres broke off: ")
    assert len(err.splitlines()) == 1


def test_names_that_attack_a_terminal_are_shown_harmless(wireroom: CommandLine) -> None:
    name = "red\x1b[31m\n[bold]story.txt"
    write(wireroom.folder, {name: "A story."})
    ended = wireroom("submit", name)
    assert ended.code == 0
    assert ended.out.splitlines()[1].endswith("red\ufffd[31m [bold]story.txt")


def test_a_name_that_is_not_unicode_is_no_trouble(wireroom: CommandLine) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    write(wireroom.folder, {name: "A story."})
    assert wireroom("submit", name, "--json").lines[0]["what"] == "caf\ufffd.txt"


def test_on_a_terminal_a_bar_goes_to_stderr(wireroom: CommandLine) -> None:
    with terminal(wireroom) as (ours, theirs):
        with wireroom.start("submit", "https://news.example/a", "--json", stderr=theirs) as process:
            out = process.communicate(timeout=60)[0]
        shown = os.read(ours, 65536)
    assert json.loads(out)["job_id"] == 1
    assert b"submitting" in shown
    assert b"1 accepted" in shown


def test_the_bar_is_gone_where_an_answer_is_printed(wireroom: CommandLine) -> None:
    with terminal(wireroom) as (ours, theirs):
        with wireroom.start("submit", "https://news.example/a", "--json", stdout=theirs, stderr=theirs) as process:
            process.wait(60)
        before, _, _ = os.read(ours, 65536).partition(b'{"job_id"')
    assert b"submitting" in before
    assert b"submitting" not in before.rpartition(ERASE)[2]


ERASE = b"\x1b[2K"


@contextmanager
def terminal(wireroom: CommandLine) -> Iterator[tuple[int, int]]:
    """Both ends of a terminal."""
    wireroom.env["TERM"] = "xterm"
    ours, theirs = pty.openpty()
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)
