"""What becomes of records is counted field by field, by words, and shown by a few short examples."""

from __future__ import annotations

from typing import Any

from wireroom.cli.differences import CAUSES, EXAMPLES, EXCERPT, LEAD, OTHERS, Review, Words
from wireroom.contracts import Author, Block, ParsedArticle


def record(text: str = "The pier is open.", **fields: Any) -> ParsedArticle:
    given = {"title": "A pier", "blocks": [Block(kind="paragraph", text=text)], "parser": "t/1"}
    return ParsedArticle(**given | fields)


ADA = [Author(name="Ada Okoro")]


def test_articles_and_fields_are_counted() -> None:
    review = Review()
    review.compare(1, record(), record())
    review.compare(2, record(), record(title="A quay"))
    review.compare(3, record(), record(title="A quay", authors=ADA))
    review.reject(4, "empty")
    review.die(5, "it fell")
    assert (review.compared, review.same, review.differ) == (5, 1, 2)
    assert review.fields["title"] == {"same": 1, "changed": 2}
    assert review.fields["authors"] == {"same": 2, "gained": 1}
    assert review.fields["blocks"] == {"same": 3}


def test_words_that_stay_are_counted_where_they_moved_to() -> None:
    words = Words()
    words.add("the pier is open on Friday", "on Friday the pier is shut, they said")
    assert (words.before, words.stay, words.after) == (6, 5, 8)
    assert (words.kept, words.new) == (5 / 6, 3 / 8)
    assert (Words().kept, Words().new) == (1.0, 0.0)


def test_a_text_without_spaces_has_words() -> None:
    words = Words()
    words.add("港が開いた", "港は開いた")
    assert (words.before, words.stay) == (5, 4)


def test_an_example_shows_what_differs_and_is_short() -> None:
    review = Review()
    story = "The ferry came into the harbour an hour before it was expected. " * 50
    review.compare(7, record(f"{story}It left."), record(f"{story}It stayed. {story}"))
    (example,) = review.examples["blocks"]
    assert example.article_id == 7
    assert example.before == "… it was expected. It left."
    assert example.after.startswith("… it was expected. It stayed. The ferry ") and example.after.endswith(" …")
    assert len(example.after) <= EXCERPT + LEAD


def test_what_lies_within_a_value_is_shown_without_its_names() -> None:
    review = Review()
    review.compare(7, record(), record(authors=ADA, origins={"authors": "visible"}))
    assert review.examples["authors"][0][1:] == ("", "Ada Okoro person")
    assert review.examples["origins"][0][1:] == ("", "authors: visible")


def test_a_review_stays_small() -> None:
    review = Review()
    for number in range(1, 100):
        review.compare(number, record(), record(title=f"Pier {number}"))
        review.die(number, f"cause {number}")
        review.reject(number, "empty")
    assert len(review.examples["title"]) == EXAMPLES
    assert len(review.died) == CAUSES + 1 and review.died[OTHERS].articles == 99 - CAUSES
    assert str(review.rejected["empty"]) == "99 (article 1, 2, 3, ...)"
