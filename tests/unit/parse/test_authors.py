"""Who wrote it, by what a page says in several places."""

from __future__ import annotations

import pytest

from newsroom.clippings import linked, meta, told

H1 = "<h1>Ferry sails again</h1>"
SITE = meta("og:site_name", "Lake Paper")


def names(head: str = "", above: str = "") -> list[str]:
    return [author.name for author in told(head, H1 + above).authors]


def person(*names: str) -> str:
    return linked(author=[{"@type": "Person", "name": name} for name in names])


@pytest.mark.parametrize(
    "byline",
    ['<a href="/author/ana-ruiz/">Ana Ruiz</a>', '<a href="/staff/12/ana-ruiz">Ana Ruiz</a>',
     '<a rel="author" href="/x">Ana Ruiz</a>', '<div class="ArticleHead--authName">Ana Ruiz</div>',
     "<div>By Ana Ruiz</div>", "<p>Por Ana Ruiz</p>", "<p>Von Ana Ruiz</p>", "<p>Ein Kommentar von Ana Ruiz</p>",
     '<span itemprop="author">Ana Ruiz</span>', '<div class="byline">By Ana Ruiz, Staff Writer</div>',
     '<p class="author">Ana Ruiz, MD, PhD</p>', '<div class="byline">Ana Ruiz Senior Editor</div>',
     '<div class="byline">By Ana Ruiz in Port Town</div>', '<div class="byline">By Ana Ruiz, The Lake Journal</div>',
     '<div class="byline">By Ana Ruiz | 7 May 2025</div>', '<div class="author">Ana Ruiz Ana Ruiz</div>',
     '<div class="byline"><span>By</span> <a href="/people/ana-ruiz">Ana Ruiz</a> Reporter at large</div>'],
)  # fmt: skip
def test_a_byline_under_the_headline_is_read(byline: str) -> None:
    assert names(above=byline) == ["Ana Ruiz"]


@pytest.mark.parametrize("byline", ["山田太郎", "김철수", "Мария Иванова", "سارة الحسن", "Ýrr Ösp"])
def test_names_are_known_in_several_scripts(byline: str) -> None:
    assert names(above=f'<div class="author">{byline}</div>') == [byline]


@pytest.mark.parametrize(
    "line",
    ['<div class="author-share">Share on Facebook</div>', '<a class="author" href="/author/x">View all</a>',
     '<div class="byline">5 min read</div>', '<div class="credit-author">Photo: Bo Ek</div>',
     '<div class="author">Follow us</div>', '<p class="author">Updated on 7 May 2025</p>', "<p>By now it rained.</p>",
     '<aside><p class="byline">By Bo Ek</p></aside>', '<div class="related"><a href="/author/bo">Bo Ek</a></div>'],
)  # fmt: skip
def test_what_is_no_byline_names_nobody(line: str) -> None:
    assert names(above=line) == []


def test_two_authors_are_two_however_they_are_joined() -> None:
    for joined in (
        "Ana Ruiz and Bo Ek",
        "Ana Ruiz, Bo Ek",
        "Ana Ruiz & Bo Ek",
        "Ana Ruiz und Bo Ek",
        "Ana Ruiz | Bo Ek",
    ):
        assert names(above=f"<div class=byline>By {joined}</div>") == ["Ana Ruiz", "Bo Ek"]


def test_a_person_in_sight_is_the_author_where_the_claims_only_name_the_site() -> None:
    for site in ("Lake Paper", "lakepaper.example", "Lake Paper Staff"):
        assert names(SITE + linked(author=site), "<p class=byline>By Ana Ruiz</p>") == ["Ana Ruiz"]
    assert names(SITE + linked(author="Lake Paper")) == ["Lake Paper"]


def test_a_person_in_sight_is_the_author_where_the_claims_only_have_an_account() -> None:
    assert names(meta("author", "aruiz99"), "<p class=byline>By Ana Ruiz</p>") == ["Ana Ruiz"]


def test_the_site_is_no_author_beside_a_person_and_an_agency_is() -> None:
    assert names(SITE + person("Ana Ruiz", "Lake Paper")) == ["Ana Ruiz"]
    assert names(SITE + person("Ana Ruiz", "AFP")) == ["Ana Ruiz", "AFP"]


def test_those_who_only_helped_are_no_authors_where_readers_and_another_place_say_so() -> None:
    helped = "<p>Contributions from <b><a href=/author/bo>Bo Ek</a></b></p>"
    byline = f"<p class=byline>By <a href=/author/ana>Ana Ruiz</a></p>{helped}"
    assert names(person("Ana Ruiz", "Bo Ek") + meta("author", "Ana Ruiz"), byline) == ["Ana Ruiz"]
    assert names(person("Ana Ruiz", "Bo Ek"), byline) == ["Ana Ruiz", "Bo Ek"]


def test_a_list_that_was_cut_short_is_completed_by_two_places_that_agree() -> None:
    byline = "<p class=byline>By Ana Ruiz and Bo Ek</p>"
    assert names(person("Ana Ruiz") + meta("author", "Ana Ruiz, Bo Ek"), byline) == ["Ana Ruiz", "Bo Ek"]
    assert names(person("Ana Ruiz"), byline) == ["Ana Ruiz"]


def test_bylines_far_below_the_first_are_of_other_stories() -> None:
    others = "<div></div>" * 40 + '<a href="/author/bo">Bo Ek</a>'
    assert names(above=f'<a href="/author/ana">Ana Ruiz</a>{others}') == ["Ana Ruiz"]


def test_addresses_and_placeholders_are_no_names() -> None:
    for value in ("https://lakepaper.example/ana", "admin", "ana@lakepaper.example", "Unknown"):
        assert names(meta("author", value)) == []


def test_a_page_without_a_heading_is_swept_for_its_byline() -> None:
    assert [author.name for author in told(body="<div><p class=byline>By Ana Ruiz</p></div>").authors] == ["Ana Ruiz"]
