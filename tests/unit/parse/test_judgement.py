"""What is taken for an article, and what is not."""

from __future__ import annotations

import pytest

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.errors import Unusable
from wireroom.parse.stage import parse

STORY = (
    "<p>The ferry across the lake sailed again on Tuesday after nine days of repairs to its rudder, the port said.</p>"
    "<p>Nobody had expected it before Friday, and the first crossing was made with four passengers and a goat.</p>"
    "<p>The rudder had been bent by a log in April; a new one was cast in the yard on the other side of the lake.</p>"
    "<p>From June on there will be two boats, the mayor said, and tickets will cost the same on both of them.</p>"
)
ASKED = (
    "<p>We and our 840 partners store cookies on your device and process personal data such as your address.</p>"
    "<p>You give your consent to all of it by choosing Accept all, and may change your privacy settings later.</p>"
)


def page(title: str, body: str, head: str = "") -> ParsedArticle:
    html = f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{body}</body></html>"
    return parse(FetchedPage(body=html.encode(), content_type="text/html; charset=utf-8"))


@pytest.mark.parametrize(
    "title",
    ["Before you continue", "We value your privacy", "Bevor Sie fortfahren", "Your privacy choices", "Cookie consent",
     "Antes de continuar", "Avant de continuer vers le site"],
)  # fmt: skip
def test_a_wall_that_asks_for_consent_is_no_article(title: str) -> None:
    with pytest.raises(Unusable, match="asks for consent") as refused:
        page(title, ASKED)
    assert refused.value.reason == "not_an_article"


def test_a_story_about_consent_is_one() -> None:
    assert page("Cookie consent ends, says court", STORY + ASKED).blocks
    assert page("Cookie consent ends", ASKED, '<meta property="og:type" content="article">').blocks


def test_a_story_on_a_page_that_calls_itself_a_website_is_one() -> None:
    one = "<p>Ferry tickets are sold at the pier from nine until the last boat has left, and nowhere else.</p>"
    assert page("Ferry tickets", one, '<meta property="og:type" content="website">').blocks


def test_lines_without_a_sentence_are_a_list() -> None:
    lines = "".join(f"<p>Ferry number {n} of the lake line sails again after a week of repairs</p>" for n in range(8))
    with pytest.raises(Unusable, match="list of stories"):
        page("Lake news", lines)


def test_a_video_needs_no_long_text() -> None:
    line = "<p>The ferry leaves the pier for the first time.</p>"
    assert page("Ferry leaves", line, '<meta property="og:type" content="video.other">').kind == "video"
    with pytest.raises(Unusable, match="too little text"):
        page("Ferry leaves", line)
