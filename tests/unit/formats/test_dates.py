"""Times as they are said: no finer, and with no zone that nobody said."""

from __future__ import annotations

import pytest

from wireroom.formats.dates import iso


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Fri, 02 May 2025 10:00:00 +0200", "2025-05-02T10:00:00+02:00"),
        ("02 May 25 10:00 GMT", "2025-05-02T10:00:00+00:00"),
        ("Fri, 02 May 2025 10:00:00 EST", "2025-05-02T10:00:00-05:00"),
        ("Fri, 02 May 2025 10:00:00", "2025-05-02T10:00:00"),
        ("Fri, 02 May 2025 10:00:00 -0000", "2025-05-02T10:00:00"),
        ("Fri, 02 May 2025 10:00:00 CEST", "2025-05-02T10:00:00"),
        (" 2025-05-02T10:00:00.123Z\n", "2025-05-02T10:00:00+00:00"),
        ("2025-05-02t10:00:00z", "2025-05-02T10:00:00+00:00"),
        ("2025-05-02 10:00 +0530", "2025-05-02T10:00:00+05:30"),
        ("2025-05-02T10:00:00-03", "2025-05-02T10:00:00-03:00"),
        ("2025/5/2 9:00:01", "2025-05-02T09:00:01"),
        ("2025-05-02", "2025-05-02"),
        ("2025-05", "2025-05"),
        ("2025", "2025"),
    ],
)
def test_a_time_is_as_it_is_said(said: str, meant: str) -> None:
    assert iso(said) == meant


@pytest.mark.parametrize(
    "said", [None, "", "yesterday", "2025-13-02", "2025-02-30T10:00:00Z", "30 Feb 2025 10:00:00 GMT", "1518478934",
             "x" * 999, "2025-05-02T25:00:00Z", "Fri, 99 May 99999999999 10:00:00 +9999"],
)  # fmt: skip
def test_what_is_no_time_is_none(said: str | None) -> None:
    assert iso(said) is None
