"""Whatever is pushed in, the article is rejected with its reason and the line goes on."""

from __future__ import annotations

from typing import Any

import pytest

from newsroom.desk import offer
from newsroom.line import Line

BAD: dict[str, dict[str, Any]] = {
    "binary": {"body": bytes(range(256)) * 400},
    "an image": {"body": b"\x89PNG\r\n\x1a\n" + bytes(2000), "content_type": "image/png"},
    "only NUL": {"body": b"\0" * 1000},
    "an empty page": {"html": "<html><body></body></html>"},
    "only script": {"html": f"<script>{'var a = 1;' * 1000}</script>"},
    "10,000 levels": {"html": "<div>" * 10_000 + "deep" + "</div>" * 10_000},
    "an unclosed tag": {"html": "<p" * 5000},
}


@pytest.mark.parametrize("what", BAD)
def test_it_is_rejected_with_a_reason(line: Line, what: str) -> None:
    (job,) = line.submit([offer(**BAD[what])])
    line.drain()
    row = line.db.execute("SELECT outcome, reason, cause FROM outcomes WHERE job_id = %s", [job]).fetchone()
    assert row is not None
    outcome, reason, cause = row
    assert outcome == "rejected" and reason and cause


def test_articles_with_odd_bytes_are_stored_clean(line: Line) -> None:
    sentence = "The ferry came in on Friday morning, an hour before it was expected. "
    story = f"Odd bytes reach the harbour\n\n{sentence * 5}"
    plain = "text/plain; charset=utf-8"
    jobs = line.submit(
        [
            offer(body=story.replace("ferry", "fer\0ry").encode(), source="NUL"),
            offer(body=story.replace("ferry", "café").encode("latin-1"), content_type=plain, source="wrong charset"),
            offer(body=story.encode("utf-16"), content_type="text/plain", source="UTF-16"),
            offer(body=story.encode() + b"\xed\xa0\x80 end", content_type=plain, source="surrogate"),
        ]
    )
    line.drain()
    assert [line.outcomes()[job] for job in jobs] == ["stored"] * 4
    assert "café" in line.record(jobs[1]).parsed.text
    assert not any("\0" in line.record(job).parsed.text for job in jobs)
    line.check()


def test_the_line_goes_on(line: Line) -> None:
    (job,) = line.texts(1)
    line.drain()
    assert line.outcomes()[job] == "stored"
    assert line.count("quarantine") == 0
    line.check()
