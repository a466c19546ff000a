"""Whatever shares a batch with an article, through the whole line: each ends as it should, only culprits fail."""

from __future__ import annotations

from typing import Any, NamedTuple

import httpx
import msgspec
import pytest

from newsroom.line import Line, story
from newsroom.pages import page
from newsroom.poison import DEADLY, install, poisoned

URL = "https://odd.example"
ENDS = "SELECT job_id, outcome, reason FROM outcomes UNION ALL SELECT job_id, 'quarantined', NULL FROM quarantine"
NUMBERS = '{"large": 1e308, "long": 123456789012345678901234567890, "small": 5e-324, "negative": -0.0}'


class Row(NamedTuple):
    """A line of a request, as a producer may write it, and how its article ends."""

    line: str
    outcome: str
    reason: str | None = None


def row(outcome: str = "stored", reason: str | None = None, **fields: Any) -> Row:
    return Row(msgspec.json.encode(fields).decode(), outcome, reason)


def with_linked_data(number: int, headline: str, more: str = '"author": "Ada"') -> str:
    """A page whose JSON-LD says so; its other metadata are gone."""
    data = f'"headline": "Tram {number} {headline}", {more}'
    head = f'<title>Tram</title><script type="application/ld+json">{{"@type": "NewsArticle", {data}}}</script></head>'
    return f"<!doctype html><html><head>{head}{page(number).partition('</head>')[2]}"


ROWS = {
    "a mate": row(text=story(1)),
    "an id of the source": row(text=story(2), source="odd", external_id="7"),
    "the same id again": row("updated", text=story(3), source="odd", external_id="7"),
    "an address": row(html=page(4), url=f"{URL}/4"),
    "the same address again": row("updated", html=page(5), url=f"{URL}/4#again"),
    "the same address and page from elsewhere": row("unchanged", html=page(5) + " ", url=f"{URL}/4?utm_source=mail"),
    "a NUL in the text": row(body=story(22).replace("ferry", "fer\0ry").encode()),
    "a NUL in JSON-LD": row(html=with_linked_data(6, r"\u0000", r'"author": "A\u0000a"')),
    "a lone surrogate in JSON-LD": row(html=with_linked_data(7, r"\ud800", r'"author": "\udfff"')),
    "a date out of range": row(html=with_linked_data(8, "", '"datePublished": "99999-01-01T00:00:00Z"')),
    "a date before all time": row(html=with_linked_data(9, "", '"datePublished": "0001-01-01T00:00:00+23:59"')),
    "a date after all time": row(text=story(10), published="9999-12-31T23:59:59-23:59"),
    "a number out of range in JSON-LD": row(html=with_linked_data(11, "", f'"position": 1{"0" * 5000}')),
    "a long URL": row(html=page(12), url=f"{URL}/{'long/' * 600}"),
    "a long link to itself": row(
        html=page(13).replace("</head>", f'<link rel=canonical href="{URL}/{"far/" * 750}"></head>'), url=f"{URL}/13"
    ),
    "names as long as may be": row(text=story(14), source="s" * 512, external_id="é" * 256),
    "much meta": row(text=story(15), meta={"much": "m" * 60_000, "odd": "\ufffe\U0010ffff \\u0000"}),
    "numbers in meta": Row(f'{{"text": {msgspec.json.encode(story(16)).decode()}, "meta": {NUMBERS}}}', "stored"),
    "too much meta": row("refused", "too_large", text=story(17), meta={"much": "m" * 70_000}),
    "a NUL in meta": row("refused", "unstorable", text=story(18), meta={"nul": "\0"}),
    "a lone surrogate in the text": Row(r'{"text": "Half a pair \ud800."}', "refused", "lone_surrogate"),
    "a number without end in meta": Row(r'{"text": "A story.", "meta": {"n": 1e999}}', "refused", "bad_value"),
    "a URL longer than any": row("refused", "bad_url", html=page(19), url=f"{URL}/{'long/' * 2000}"),
    "no date": row("refused", "not_a_time", text=story(20), published="10000-01-01"),
    "a NUL from an enricher": row("quarantined", **poisoned("NUL", story(23))),
    "another NUL from an enricher": row("quarantined", **poisoned("NUL", story(24))),
    "another mate": row(text=story(21)),
}  # fmt: skip


@pytest.fixture(scope="module")
def env(env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of a line whose enrichers give what cannot be kept, where an article asks for it."""
    poison = install(tmp_path_factory.mktemp("poison") / "installed")
    return env | poison | {"WIREROOM_RETRY_SECONDS": "0.2"}


def offer(line: Line, rows: list[Row]) -> list[dict[str, Any]]:
    """What the gateway answers to each."""
    body = "\n".join(one.line for one in rows).encode()
    answer = httpx.post(
        f"{line.url}/v1/articles", content=body, headers={"Content-Type": "application/x-ndjson"}, trust_env=False
    )
    return [msgspec.json.decode(one) for one in answer.content.splitlines()]


def test_each_row_of_a_batch_ends_as_it_should(line: Line) -> None:
    line.wait_until_up()
    with line.together():
        answers = offer(line, list(ROWS.values()))
    line.drain()
    ends = {job: (outcome, reason) for job, outcome, reason in line.db.execute(ENDS)}
    found = {
        what: ends[answer["job_id"]] if "job_id" in answer else ("refused", answer["reason"])
        for what, answer in zip(ROWS, answers, strict=True)
    }
    assert found == {what: (one.outcome, one.reason) for what, one in ROWS.items()}, answers
    assert max(line.flights().values()) == len(ends), "they were no batch"
    # Of all others nobody was tried a second time.
    tries = line.db.execute("SELECT job_id, kind, count(*) FROM attempts GROUP BY job_id, kind").fetchall()
    culprits = {job for job, (outcome, _) in ends.items() if outcome == "quarantined"}
    assert sorted(tries) == [(job, "surprise", 3) for job in sorted(culprits)]
    assert not line.count(f"quarantine WHERE stage <> 'store' OR cause NOT LIKE '{DEADLY['NUL']}%'")
    line.check()
