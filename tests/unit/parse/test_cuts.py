"""What stands with a story and is none of it: one small page for each rule."""

from __future__ import annotations

import pytest

from wireroom.contracts import ParsedArticle
from wireroom.parse import parse

PARAGRAPHS = [
    "The ferry came in on Friday morning, an hour before it was expected, and was met by a crowd of four hundred.",
    "Nobody on board knew why, said the captain, who had spent the night on the bridge with a cup of cold tea.",
    "The harbour master has asked for the log of the voyage, and will answer questions about it on Monday at noon.",
    "Passengers were given breakfast in the old customs house, where the heating had been turned on at last.",
]
STORY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
OTHER = "A sentence that is as long as those of a story tend to be, and that ends as they do, with a full stop."


def read(extra: str) -> ParsedArticle:
    page = f"<title>The ferry is early</title><article><h1>The ferry is early</h1><div>{STORY}{extra}</div></article>"
    return parse(page.encode(), "https://paper.example/ferry", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("article-comments", None),
        ("disqus_thread", None),
        ("newsletter-signup", "newsletter"),
        ("author-bio", "bio"),
        ("social-share", None),
        ("cookie-consent modal", None),
        ("related-stories", None),
        ("outbrain", None),
    ],
)
def test_a_box_that_says_what_it_holds_is_cut_and_kept_as_what_it_is(label: str, kind: str | None) -> None:
    article = read(f'<div class="{label}"><p>{OTHER}</p></div>')
    assert [block.text for block in article.blocks] == PARAGRAPHS
    assert [(tail.kind, tail.text) for tail in article.tails] == ([(kind, OTHER)] if kind else [])


@pytest.mark.parametrize("inner", ["{}", "<p>{}</p>", "<div><span>{}</span></div>"])
def test_a_caption_is_kept_apart(inner: str) -> None:
    article = read(f"<figure><img src=x><figcaption>{inner.format(OTHER)}</figcaption></figure>")
    assert [block.text for block in article.blocks] == PARAGRAPHS
    assert [(tail.kind, tail.text) for tail in article.tails] == [("caption", OTHER)]


def test_headlines_in_a_box_of_their_own_are_related_with_their_addresses() -> None:
    article = read('<div class="related"><h3>Read more</h3><a href="/fog">Fog closes the airport again</a></div>')
    assert [(one.title, one.heading, one.url) for one in article.related] == [
        ("Fog closes the airport again", "Read more", "https://paper.example/fog")
    ]


def test_a_label_that_lies_does_not_cost_the_story() -> None:
    page = f'<title>The ferry is early</title><div class="sidebar"><h1>The ferry is early</h1>{STORY}</div>'
    article = parse(page.encode(), None, "text/html; charset=utf-8")
    assert [block.text for block in article.blocks] == PARAGRAPHS


def test_comments_are_cut_however_long_they_are() -> None:
    article = read(f'<ol class="comments">{f"<li><p>{OTHER}</p></li>" * 40}</ol>')
    assert [block.text for block in article.blocks] == PARAGRAPHS


def test_comments_are_cut_also_within_a_box_whose_label_lies() -> None:
    comments = f'<div class="comment-list">{f"<p>{OTHER}</p>" * 40}</div>'
    page = f'<title>The ferry is early</title><div class="menu-open"><h1>The ferry is early</h1>{STORY}{comments}</div>'
    article = parse(page.encode(), None, "text/html; charset=utf-8")
    assert [block.text for block in article.blocks] == PARAGRAPHS


NEXT = f"<h1>{{}}</h1><p>By Ada Brook</p><p>4 May 2023</p><div>{f'<p>{OTHER}</p>' * 4}</div>"


@pytest.mark.parametrize(
    "heading", ["The bus is late, says the driver", '<a href="/bus">The bus is late again today</a>']
)
def test_a_story_that_follows_under_a_title_of_its_own_is_left_out(heading: str) -> None:
    page = f"<title>The ferry is early</title><div><h1>The ferry is early</h1>{STORY}{NEXT.format(heading)}</div>"
    article = parse(page.encode(), "https://paper.example/ferry", "text/html; charset=utf-8")
    assert [block.text for block in article.blocks] == PARAGRAPHS


def test_a_second_heading_of_the_first_rank_without_a_date_goes_on_with_the_story() -> None:
    article = read(f"<h1>What the harbour master says</h1><p>{OTHER}</p>")
    assert [block.text for block in article.blocks][-1] == OTHER


@pytest.mark.parametrize("label", ["teaser", "article-content sidebar-grid", "story-body social"])
def test_a_label_that_newsrooms_also_give_to_parts_of_the_story_cuts_none_of_it(label: str) -> None:
    page = f"<title>The ferry is early</title><article><h1>The ferry is early</h1>{STORY}</article>"
    article = parse(page.replace("<p>", f'<p class="{label}">', 1).encode(), None, "text/html; charset=utf-8")
    assert [block.text for block in article.blocks] == PARAGRAPHS


def test_a_teaser_that_leads_elsewhere_is_cut() -> None:
    article = read(f'<div class="teaser"><h3><a href="/bus">The bus is late again</a></h3><p>{OTHER}</p></div>')
    assert [block.text for block in article.blocks] == PARAGRAPHS
    assert [one.title for one in article.related] == ["The bus is late again"]


def test_a_label_that_lies_does_not_cost_a_story_of_one_paragraph() -> None:
    told = " ".join(PARAGRAPHS)
    page = (
        f'<title>The ferry is early</title><h1>The ferry is early</h1><div class="body-and-footer"><p>{told}</p></div>'
    )
    article = parse(page.encode(), None, "text/html; charset=utf-8")
    assert ([block.text for block in article.blocks], article.origins["body"]) == ([told], "visible")
