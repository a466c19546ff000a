"""Datelines, in the forms that agencies give them."""

from __future__ import annotations

import pytest

from wireroom.parse.dateline import split_dateline

YEAR = "2025-05-06"


@pytest.mark.parametrize(
    ("text", "as_written", "place", "agency", "date"),
    [
        ("KYIV (AP) — The rest", "KYIV (AP)", "KYIV", "AP", None),
        ("BEIJING, May 5 (Xinhua) -- The rest", "BEIJING, May 5 (Xinhua)", "BEIJING", "Xinhua", "2025-05-05"),
        ("MOSCOW, May 5. /TASS/. The rest", "MOSCOW, May 5. /TASS/", "MOSCOW", "TASS", "2025-05-05"),
        ("New Delhi [India], May 5 (ANI): The rest", "New Delhi [India], May 5 (ANI)", "New Delhi [India]", "ANI",
         "2025-05-05"),
        ("Berlin (dpa) - The rest", "Berlin (dpa)", "Berlin", "dpa", None),
        ("PARIS, 3 mai (AFP) – The rest", "PARIS, 3 mai (AFP)", "PARIS", "AFP", "2025-05-03"),
        ("LAHORE: The rest", "LAHORE", "LAHORE", None, None),
        ("McALLEN, Texas (AP) — The rest", "McALLEN, Texas (AP)", "McALLEN, Texas", "AP", None),
        ("Tirana, Albania (CNN) The rest", "Tirana, Albania (CNN)", "Tirana, Albania", "CNN", None),
        ("(Reuters) - The rest", "(Reuters)", None, "Reuters", None),
        ("QUETTA, (Point News - 1st Jan, 2025) The rest", "QUETTA, (Point News - 1st Jan, 2025)", "QUETTA",
         "Point News", "2025-01-01"),
    ],
)  # fmt: skip
def test_a_dateline_is_split(
    text: str, as_written: str, place: str | None, agency: str | None, date: str | None
) -> None:
    dateline, rest = split_dateline(text, YEAR)
    assert dateline is not None
    assert (dateline.as_written, dateline.place_as_written, dateline.agency) == (as_written, place, agency)
    assert (dateline.date, rest) == (date, "The rest")


@pytest.mark.parametrize(
    "text",
    [
        "NASA (the space agency) said on Tuesday that it would try again.",
        "JOHN SMITH (D-Ohio) said the bill was dead.",
        "The mayor – a bus that stands still is not transport – said so.",
        "WATCH: the moment the bridge opened.",
        "Some 40 people (mostly children) - all of them well - came home.",
        "He said: nothing.",
        "In May (2025) the shop closed.",
        "",
    ],
)
def test_a_sentence_is_no_dateline(text: str) -> None:
    assert split_dateline(text, YEAR) == (None, text)


@pytest.mark.parametrize(
    ("published", "date"), [("2025-01-02", "2024-12-31"), ("2024-12-30", "2024-12-31"), (None, None)]
)
def test_a_date_without_a_year_is_the_one_nearest_to_publication(published: str | None, date: str | None) -> None:
    dateline, _ = split_dateline("SUVA, Dec 31 (PNG Wire) - The rest", published)
    assert dateline is not None
    assert (dateline.date, dateline.date_as_written) == (date, "Dec 31")


def test_a_leap_day_is_no_error_in_other_years() -> None:
    dateline, _ = split_dateline("SUVA, Feb 29 (PNG Wire) - The rest", "2025-03-01")
    assert dateline is not None
    assert dateline.date == "2024-02-29"
