"""What each place on a page claims, however its publisher writes it."""

from __future__ import annotations

import pytest

from newsroom.clippings import STORY, linked, meta, told

H1 = "<h1>Ferry sails again</h1>"


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "text",
    ['{"@type":"NewsArticle","headline":"Ferry sails again","articleSection":"Lake",}',
     '<!-- {"@type":"NewsArticle","headline":"Ferry sails again","articleSection":"Lake"} -->',
     '//<![CDATA[\n{"@type":"NewsArticle","headline":"Ferry\tsails again","articleSection":"Lake"}\n//]]>',
     '{"@graph":[{"@type":"WebSite"},{"@type":["Article","NewsArticle"],"headline":"Ferry","articleSection":["Lake"]}]}',
     '[{"@type":"http://schema.org/NewsArticle","headline":"Ferry","articleSection":"Lake"}];'],
)  # fmt: skip
def test_json_ld_is_read_as_publishers_write_it(text: str) -> None:
    assert told(ld(text)).section == "Lake"


def test_of_json_ld_that_is_none_the_article_and_its_times_are_read() -> None:
    text = '{"@type":"NewsArticle" "headline":"Ferry sails again","datePublished":"2025-05-07T08:00:00Z", oops'
    found = told(ld(text))
    assert found.is_article
    assert found.published is not None
    assert found.published.iso == "2025-05-07T08:00:00+00:00"
    assert told(ld('{"@type":"Event" "datePublished":"2025-05-07", oops')).published is None


def test_a_page_that_is_no_article_in_json_ld_still_says_when_it_appeared() -> None:
    found = told(ld('{"@graph":[{"@type":"WebPage","datePublished":"2025-05-07T08:00:00Z"}]}'))
    assert not found.is_article
    assert found.published is not None
    assert found.published.origin == "json-ld"


def test_authors_behind_a_reference_are_found() -> None:
    article = '{"@type":"NewsArticle","headline":"F","author":{"@id":"#a"}}'
    graph = f'{{"@graph":[{article},{{"@id":"#a","@type":"Person","name":"Ana Ruiz"}}]}}'
    assert [author.name for author in told(ld(graph)).authors] == ["Ana Ruiz"]


@pytest.mark.parametrize(
    ("head", "paywalled"),
    [
        (linked(isAccessibleForFree=False), True),
        (linked(isAccessibleForFree="False"), True),
        (linked(isAccessibleForFree="http://schema.org/False"), True),
        (linked(isAccessibleForFree=True), False),
        (linked(hasPart={"@type": "WebPageElement", "isAccessibleForFree": "false"}), True),
        (linked(isAccessibleForFree=True, hasPart=[{"isAccessibleForFree": False}]), True),
        (meta("article:content_tier", "metered"), True),
        (meta("article:content_tier", "free"), False),
        (linked(isAccessibleForFree="perhaps"), None),
        ("", None),
    ],
)
def test_a_page_says_whether_readers_must_pay(head: str, paywalled: bool | None) -> None:
    assert told(head).paywalled is paywalled


@pytest.mark.parametrize(
    ("head", "url", "kind"),
    [
        (linked(**{"@type": "LiveBlogPosting"}), None, "live_blog"),
        (ld('{"@type":"VideoObject","name":"F"}'), None, "video"),
        (meta("og:type", "video.other"), None, "video"),
        (ld('{"@type":"ImageGallery"}'), None, "gallery"),
        ("", "https://lakepaper.example/video/ferry", "video"),
        ("", "https://lakepaper.example/lake/live/ferry", "live_blog"),
        ("", "https://lakepaper.example/galleries/ferry", "gallery"),
        ("", "https://lakepaper.example/lake/video", "article"),
        (linked(), None, "article"),
    ],
)
def test_a_page_says_what_kind_of_article_it_is(head: str, url: str | None, kind: str) -> None:
    assert told(head, url=url).kind == kind


@pytest.mark.parametrize(
    "line",
    ['<p class="standfirst">Nine days of repairs</p>', '<h2 class="article-sub-title">Nine days of repairs</h2>',
     '<div class="dek"><p>Nine days of repairs</p></div>', "<h2>Nine days of repairs</h2>"],
)  # fmt: skip
def test_a_standfirst_is_read_under_the_headline(line: str) -> None:
    found = told(meta("og:description", "Nine days of repairs"), H1 + line)
    assert (found.subtitle, found.origins["subtitle"]) == ("Nine days of repairs", "visible")


def test_a_description_that_does_not_stand_on_the_page_is_no_subtitle() -> None:
    assert told(linked(description="Read all about the ferry")).subtitle is None
    first = "The ferry sailed again."
    assert told(meta("og:description", first), f"{H1}<p>{first}</p>").subtitle is None


def test_microdata_outside_of_an_article_is_read_where_there_is_no_article() -> None:
    loose = '<meta itemprop="datePublished" content="2025-05-07">'
    assert told(body=H1 + loose).published is not None
    inside = "<i itemprop=headline>Ferry</i><time itemprop=datePublished datetime=2025-05-08></time>"
    scoped = f'<div itemscope itemtype="https://schema.org/NewsArticle">{inside}</div>'
    found = told(body=loose + H1 + scoped).published
    assert found is not None
    assert found.iso == "2025-05-08"


def test_the_heading_may_be_of_the_second_order() -> None:
    body = f"<h2>Ferry sails again</h2><p class=byline>By Ana Ruiz</p>{STORY}"
    assert [author.name for author in told(meta("og:title", "Ferry sails again"), body).authors] == ["Ana Ruiz"]


def test_of_a_hidden_heading_and_the_shown_one_the_shown_ones_furniture_is_read() -> None:
    hidden = f"<div hidden>{H1}</div>" + "<div></div>" * 200
    found = told(meta("author", "aruiz99"), f"{hidden}{H1}<p class=byline>By Ana Ruiz</p>")
    assert [author.name for author in found.authors] == ["Ana Ruiz"]


def test_what_is_said_twice_is_surer_than_what_is_said_once() -> None:
    once, twice = (
        told(linked(articleSection="Lake")),
        told(linked(articleSection="Lake") + meta("article:section", "Lake")),
    )
    contested = told(linked(articleSection="Lake") + meta("article:section", "Port"))
    sure = [found.confidences["section"] for found in (twice, once, contested)]
    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) == 3


def test_every_field_that_is_found_has_an_origin_and_a_confidence() -> None:
    head = linked(
        articleSection="Lake", keywords="ferry", author="Ana Ruiz", image="https://lakepaper.example/f.jpg",
        datePublished="2025-05-07", dateModified="2025-05-08", publisher={"name": "Lake Paper"}, inLanguage="en",
        isAccessibleForFree=True, mainEntityOfPage="https://lakepaper.example/f", alternativeHeadline="Nine days",
    )  # fmt: skip
    found = told(head)
    fields = {"title", "subtitle", "authors", "published", "modified", "section", "tags", "image", "publisher",
              "canonical_url", "language_declared", "paywalled"}  # fmt: skip
    assert fields <= found.origins.keys()
    assert found.origins.keys() == found.confidences.keys()
    assert all(0 < confidence < 1 for confidence in found.confidences.values())
