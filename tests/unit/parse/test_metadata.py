"""The ladder of metadata: which claim is believed, and where it was found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.errors import Unusable
from wireroom.parse.stage import parse

URL = "https://www.lakepaper.example/2025/05/07/ferry"
STORY = (
    "<p>The ferry across the lake sailed again on Tuesday after nine days of repairs to its rudder, the port said.</p>"
    * 3
)


def article(head: str = "", body: str = "<h1>Ferry sails again</h1>", url: str | None = URL) -> ParsedArticle:
    page = f"<html><head><title>Ferry sails again | Lake Paper</title>{head}</head><body>{body}{STORY}</body></html>"
    return parse(FetchedPage(body=page.encode(), content_type="text/html; charset=utf-8", url=url))


def linked(**claims: Any) -> str:
    thing = {"@type": "NewsArticle", "headline": "Ferry sails again"} | claims
    return f'<script type="application/ld+json">{json.dumps(thing)}</script>'


def test_json_ld_is_believed_before_opengraph_and_meta() -> None:
    head = '<meta property="article:section" content="Two"><meta name="section" content="Three">'
    assert (article(head).section, article(head).origins["section"]) == ("Two", "opengraph")
    best = article(head + linked(articleSection="One"))
    assert (best.section, best.origins["section"]) == ("One", "json-ld")


def test_text_that_was_escaped_twice_is_read() -> None:
    assert article(linked(headline="Ferry &#8216;sails&#8217; &amp; sinks"), "").title == "Ferry ‘sails’ & sinks"
    assert article('<meta property="og:title" content="Ferry &amp;#039;sails&amp;#039;">', "").title == "Ferry 'sails'"


def test_persons_and_organisations_are_told_apart() -> None:
    authors = [
        {"@type": "Person", "name": "By Ana Ruiz"},
        {"@type": "Organization", "name": "Lake Wire"},
        "Jo Lind and Bo Ek",
    ]
    found = article(linked(author=authors)).authors
    assert [(author.name, author.kind) for author in found] == [
        ("Ana Ruiz", "person"), ("Lake Wire", "organisation"), ("Jo Lind", "person"), ("Bo Ek", "person"),
    ]  # fmt: skip


def test_the_publisher_is_the_author_only_where_no_person_is_named() -> None:
    claims = linked(author={"@type": "Organization", "name": "Lake Paper"}, publisher={"name": "Lake Paper"})
    assert [author.name for author in article(claims).authors] == ["Lake Paper"]
    signed = article(claims, body='<h1>Ferry sails again</h1><p class="byline">By Ana Ruiz</p>')
    assert ([author.name for author in signed.authors], signed.origins["authors"]) == (["Ana Ruiz"], "visible")


def test_buttons_to_share_are_no_authors() -> None:
    assert (
        article(body='<h1>Ferry sails again</h1><a class="author" rel="nofollow">Share on Facebook</a>').authors == []
    )


def test_a_day_is_completed_by_a_lower_claim_of_the_same_day_only() -> None:
    meta = '<meta property="article:published_time" content="2025-05-07T08:00:00+02:00">'
    assert article(linked(datePublished="2025-05-07") + meta).published == article(meta).published
    other = article(linked(datePublished="2025-05-01") + meta).published
    assert other is not None
    assert (other.iso, other.zone_origin, other.origin) == ("2025-05-01", None, "json-ld")


def test_the_url_is_the_last_to_be_asked_for_the_day() -> None:
    found = article().published
    assert found is not None
    assert (found.iso, found.origin) == ("2025-05-07", "url")
    assert article(url="https://lakepaper.example/ferry").published is None


def test_addresses_are_absolute_or_none() -> None:
    head = '<meta property="og:image" content="/a.jpg"><link rel="canonical" href="ferry-4">'
    assert article(head).image == "https://www.lakepaper.example/a.jpg"
    assert article(head).canonical_url == "https://www.lakepaper.example/2025/05/07/ferry-4"
    assert (article(head, url=None).image, article(head, url=None).canonical_url) == (None, None)
    assert article('<link rel="canonical" href="javascript:x()">').canonical_url is None


def test_of_several_articles_in_json_ld_the_one_with_the_pages_headline_counts() -> None:
    other = linked(headline="Another story", articleSection="Other")
    assert article(other + linked(articleSection="Lake")).section == "Lake"


def test_a_live_blog_is_known_as_one() -> None:
    assert article(linked(**{"@type": "LiveBlogPosting"})).kind == "live_blog"


def test_a_story_that_stands_in_json_ld_only_is_read_there() -> None:
    body = "\n".join(
        f"The ferry sailed on day {day} and nobody on the lake was surprised by it at all." for day in range(40)
    )
    assert len(article(linked(articleBody=body)).blocks) == 40


def test_tags_language_and_modified_are_kept() -> None:
    found = article(linked(keywords="ferry, lake", inLanguage="en_GB", dateModified="2025-05-08T09:00:00Z"))
    assert (found.tags, found.language_declared) == (["ferry", "lake"], "en-GB")
    assert found.modified is not None
    assert found.modified.iso == "2025-05-08T09:00:00+00:00"


def test_related_boxes_newsletters_and_captions_are_kept_apart() -> None:
    boxes = (
        '<div><h3>Also Read</h3><ul><li><a href="/b">Harbour cat retires at last</a></li></ul></div>'
        '<div class="newsletter-box"><p>Letters from the lake, every day.</p></div>'
        "<figure><img src=x><figcaption>The ferry on Monday</figcaption></figure>"
    )
    found = article(body=f"<article><h1>Ferry sails again</h1>{STORY}{boxes}{STORY}</article>")
    assert [(one.title, one.heading, one.url) for one in found.related] == [
        ("Harbour cat retires at last", "Also Read", "https://www.lakepaper.example/b")
    ]
    assert {tail.kind for tail in found.tails} == {"newsletter", "caption"}
    assert "Letters" not in found.text
    assert "Monday" not in found.text


@pytest.mark.parametrize("title", ["404 Not Found", "Access Denied", "Just a moment...", "Seite nicht gefunden"])
def test_error_pages_are_no_articles(title: str) -> None:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{STORY}</body></html>"
    with pytest.raises(Unusable) as refused:
        parse(FetchedPage(body=page.encode(), content_type="text/html"))
    assert refused.value.reason == "not_an_article"


def test_an_address_that_is_not_of_the_web_is_none() -> None:
    assert article('<link rel="canonical" href="ftp://lakepaper.example/ferry">').canonical_url is None


def test_what_is_said_about_the_author_is_kept_as_a_tail() -> None:
    bio = '<div class="author-bio"><p>Ana Ruiz covers the lake.</p></div>'
    found = article(body=f"<article><h1>Ferry sails again</h1>{STORY}{bio}</article>")
    assert [(tail.kind, tail.text) for tail in found.tails] == [("bio", "Ana Ruiz covers the lake.")]


def test_a_byline_at_the_pages_side_is_another_storys() -> None:
    side = '<aside><p class="byline">By Bo Ek</p></aside>'
    assert (
        article(body=f'{side}<h1>Ferry sails again</h1><p class="byline">By Ana Ruiz</p>').authors[0].name == "Ana Ruiz"
    )
