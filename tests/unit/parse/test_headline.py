"""Which of a page's titles is the headline."""

from __future__ import annotations

import pytest

from newsroom.clippings import linked, meta, told

SITE = meta("og:site_name", "Lake Paper")


def og(title: str) -> str:
    return SITE + meta("og:title", title)


def h1(*texts: str) -> str:
    return "".join(f"<h1>{text}</h1>" for text in texts)


def test_a_title_for_search_engines_gives_way_to_what_readers_and_opengraph_agree_on() -> None:
    head = linked(headline="Lake ferry 2025: times, prices, repairs") + og("Ferry sails again")
    found = told(head, h1("Ferry sails again"), title="Lake ferry 2025: times, prices, repairs - Lake Paper")
    assert (found.title, found.origins["title"]) == ("Ferry sails again", "opengraph")


def test_a_headline_of_its_own_in_json_ld_is_kept_where_the_address_was_made_of_it() -> None:
    head = linked(headline="Rudder mended, ferry back") + og("A goat and four passengers")
    url = "https://www.lakepaper.example/lake/rudder-mended-ferry-back"
    assert told(head, h1("A goat and four passengers"), url, "A goat and four passengers").title == (
        "Rudder mended, ferry back"
    )
    other = "https://www.lakepaper.example/lake/goat-and-four-passengers"
    assert told(head, h1("A goat and four passengers"), other, "A goat and four passengers").title == (
        "A goat and four passengers"
    )


def test_the_heading_is_believed_before_a_title_made_for_sharing() -> None:
    found = told(og("You will not guess which ferry is back"), h1("Ferry sails again"), title="Ferry sails again")
    assert found.title == "Ferry sails again"


def test_a_heading_that_shares_no_word_with_any_title_is_not_the_storys() -> None:
    assert told(og("Ferry sails again"), h1("Log in"), title="Ferry sails again | Lake Paper").title == (
        "Ferry sails again"
    )
    assert told(og("Ferry sails again"), h1("Lake Paper", "Ferry sails again at last")).title == (
        "Ferry sails again at last"
    )


def test_in_a_script_without_spaces_words_are_shared_too() -> None:
    assert (
        told(og("湖の渡し船が再開した"), h1("会員登録"), title="湖の渡し船が再開した").title == "湖の渡し船が再開した"
    )


def test_a_line_above_the_headline_is_no_part_of_it() -> None:
    head = linked(headline="The ferry sails again") + og("The ferry sails again")
    assert told(head, h1("Opinion The ferry sails again")).title == "The ferry sails again"
    alone = told(og("The old ferry sails"), h1("Opinion The old ferry sails"), title="A boat is back")
    assert alone.title == "The old ferry sails"
    sharing = og("Repairs: The old ferry sails again")
    assert told(sharing, h1("On the lake - The old ferry sails again")).title == "The old ferry sails again"


def test_a_line_above_the_headline_stays_where_the_newsroom_writes_it_into_the_title() -> None:
    head = linked(headline="Lake port: Ferry sails again") + og("Lake port: Ferry sails again")
    assert told(head, h1("Ferry sails again")).title == "Lake port: Ferry sails again"


def test_of_two_spellings_the_more_common_is_taken() -> None:
    head = linked(headline="Lake port: ferry sails") + og("Lake port: ferry sails")
    assert told(head, "<h1><span>Lake port</span><span>ferry sails</span></h1>").title == "Lake port: ferry sails"
    spelt = told(og("Lake port ferry sails"), h1("Lake port: ferry sails"), title="Lake port: ferry sails").title
    assert spelt == "Lake port: ferry sails"


def test_of_two_spellings_the_one_with_the_marks_of_the_newsroom_is_taken() -> None:
    bare = "Lake port Ferry sails"
    assert told(og("Lake port / Ferry sails"), h1(bare), title=bare).title == "Lake port / Ferry sails"
    head = linked(headline="Lake port - Ferry sails") + og("Lake port: Ferry sails")
    assert told(head, "<h2>Another</h2>").title == "Lake port: Ferry sails"


@pytest.mark.parametrize(
    "title",
    ["Ferry sails again | Lake Paper", "Ferry sails again - Lake Paper News", "Lake Paper: Ferry sails again",
     "Ferry sails again – lakepaper.example", "Ferry sails again - news.Lake Paper", "Ferry sails again | Opinion",
     "Opinion | Ferry sails again", "Ferry sails again (Published 2025)", "Ferry sails again | News | Lake Paper"],
)  # fmt: skip
def test_the_site_and_such_labels_are_cut_off(title: str) -> None:
    assert told(og(title), body="").title == "Ferry sails again"


@pytest.mark.parametrize("title", ["Ferry - a love story", "Ferry: a love story", "Opinion: ferries are good"])
def test_marks_of_its_own_stay_in_a_headline(title: str) -> None:
    assert told(og(title), body="", title=f"{title} | Lake Paper").title == title


def test_the_sites_name_alone_is_no_headline() -> None:
    assert told(linked(headline="Lake Paper") + og("Ferry sails again - Lake Paper"), body="").title == (
        "Ferry sails again"
    )


def test_a_page_that_only_has_a_title_element_is_called_by_it() -> None:
    found = told(body="", title="Ferry sails again - lakepaper")
    assert (found.title, found.origins["title"]) == ("Ferry sails again", "title")
    assert told(body="").title == ""


def test_the_more_places_agree_the_surer_the_headline_is() -> None:
    everywhere = told(linked() + og("Ferry sails again"), title="Ferry sails again").confidences["title"]
    contested = told(linked(headline="Goat on ferry") + og("The ferry"), h1("Ferry sails"), title="Boat").confidences
    assert everywhere > 0.9 > contested["title"] > 0
