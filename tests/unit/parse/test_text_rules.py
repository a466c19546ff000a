"""Rules for plain text that no pair in tests/pages shows alone."""

from __future__ import annotations

import pytest

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.parse.stage import parse
from wireroom.parse.tails import cut_tails

FIRST = "The ferry across the lake sailed again on Tuesday after nine days of repairs to its rudder, the port said."
SECOND = "Nobody on either shore was surprised, and the cat that lives on the upper deck did not wake up at all."


def read(text: str, content_type: str = "text/plain") -> ParsedArticle:
    return parse(FetchedPage(body=text.encode(), content_type=content_type))


def test_lines_broken_to_a_width_are_joined() -> None:
    wrapped = "The ferry across the lake sailed again on Tuesday after nine\ndays of repairs to its rudder, the port said, and nobody on\nthe shore was surprised."  # noqa: E501
    article = read(f"Ferry sails\n\n{wrapped}\n\n{SECOND}\n")
    assert [block.text for block in article.blocks] == [wrapped.replace("\n", " "), SECOND]


def test_a_text_that_begins_with_its_story_takes_its_first_sentence_as_title() -> None:
    article = read(f"{FIRST} {SECOND}\n{SECOND}")
    assert (article.title, len(article.blocks)) == (FIRST, 2)


def test_a_line_between_title_and_byline_is_the_subtitle() -> None:
    article = read(f"Ferry sails again\nRudder mended after nine days\nBy Ana Ruiz\n{FIRST}\n")
    assert (article.subtitle, [author.name for author in article.authors]) == (
        "Rudder mended after nine days",
        ["Ana Ruiz"],
    )
    assert article.text == FIRST


def test_a_name_alone_under_the_title_is_the_author() -> None:
    assert [author.name for author in read(f"Ferry sails\nAna Ruiz\n{FIRST}\n{SECOND}").authors] == ["Ana Ruiz"]


def test_a_desk_is_an_organisation() -> None:
    assert read(f"Ferry sails\nBy Lake Desk Staff\n{FIRST}\n").authors[0].kind == "organisation"


def test_the_story_goes_on_after_a_list_in_its_middle() -> None:
    article = read(f"Ferry sails\n{FIRST}\nAlso Read\nHarbour cat retires\nLake is warm\n{SECOND}\n")
    assert [block.text for block in article.blocks] == [FIRST, SECOND]
    assert [one.title for one in article.related] == ["Harbour cat retires", "Lake is warm"]


def test_an_unknown_heading_is_known_by_the_ages_under_it() -> None:
    article = read(f"Ferry sails\n{FIRST}\nFrom the shore\nHarbour cat retires3 hours ago\nLake is warm1 day ago\n")
    assert [(one.title, one.heading) for one in article.related] == [
        ("Harbour cat retires", "From the shore"),
        ("Lake is warm", "From the shore"),
    ]


def test_a_word_such_as_related_within_a_sentence_begins_no_tail() -> None:
    line = "Related to this, the port will buy a second rudder."
    assert cut_tails(["Ferry", line, SECOND]).body == ["Ferry", line, SECOND]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("© 2025 Lake Paper. All rights reserved.", "legal"),
        ("Sign up for our newsletter", "newsletter"),
        ("(Reporting by Ana Ruiz; editing by Bo Ek)", "bio"),
    ],
)
def test_notices_and_credits_are_kept_apart(line: str, kind: str) -> None:
    article = read(f"Ferry sails\n{FIRST}\n{line}\n")
    assert ([(tail.kind, tail.text) for tail in article.tails], article.text) == ([(kind, line)], FIRST)


def test_bullets_in_the_story_are_list_items() -> None:
    article = read(f"Ferry sails\n{FIRST}\n- a rudder of oak from the north\n- a rope\n{SECOND}\n")
    assert [block.kind for block in article.blocks] == ["paragraph", "list_item", "list_item", "paragraph"]


def test_a_dateline_on_a_line_of_its_own_leaves_no_empty_paragraph() -> None:
    article = read(f"Ferry sails\nGENEVA (Lake Wire) -\n{FIRST}\n")
    assert article.dateline is not None
    assert article.text == FIRST


@pytest.mark.parametrize(
    ("content_type", "parser"), [("", "html/2"), ("text/html", "html/2"), ("text/plain", "text/1")]
)
def test_the_content_type_decides_and_a_look_where_it_is_silent(content_type: str, parser: str) -> None:
    page = f"<html><head><title>Ferry sails</title></head><body>\n<p>{FIRST}</p>\n<p>{SECOND}</p></body></html>"
    assert read(page, content_type).parser == parser
    assert read(f"Ferry sails\n{FIRST}", "").parser == "text/1"


def test_ages_in_a_list_do_not_become_younger() -> None:
    article = read(f"Ferry sails\n{FIRST}\nRelated\nHarbour cat retires20 minutes ago\nOil at 1125 minutes ago\n")
    assert [one.title for one in article.related] == ["Harbour cat retires", "Oil at 11"]
