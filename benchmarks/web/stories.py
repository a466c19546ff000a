"""Small news stories, each another one for each number, and their pages."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import NamedTuple

_FIRST = datetime(2025, 5, 2, 6, 0, tzinfo=UTC)
# fmt: off
_TOWNS = (
    "Lagos", "Oslo", "Lima", "Dhaka", "Quito", "Bergen", "Nairobi", "Tbilisi", "Valletta", "Halifax", "Porto", "Muscat",
    "Jakarta", "Riga", "Tampere", "Marrakesh", "Toronto", "Hanoi", "Gdansk", "Cordoba", "Split", "Accra", "Perth",
)
_FIRST_NAMES = ("Ada", "Mira", "Ines", "Jonas", "Tomas", "Leila", "Farid", "Greta", "Hana", "Ivo", "Kofi", "Nadia")
_LAST_NAMES = ("Okoro", "Solheim", "Pardo", "Lindqvist", "Haddad", "Moreau", "Tanaka", "Novak", "Osei", "Brandt")
_THINGS = (
    "tram", "ferry", "library", "harbour crane", "market hall", "school roof", "water tower", "bridge", "lighthouse",
    "greenhouse", "night train", "observatory", "fish market", "swimming pool", "concert hall", "bus lane",
)
_DEEDS = (
    "opens again", "is closed for repairs", "goes to a new owner", "gets a second floor", "is moved by the sea",
    "celebrates a century", "runs on sunlight", "is painted blue", "is saved by its neighbours", "wins a prize",
)
_OFFICES = ("harbour office", "city council", "works department", "transport agency", "heritage board", "water company")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_SENTENCES = (
    "The {office} of {town} said on {day} that work on {thing} number {number} had cost {sum} million crowns.",
    "{person}, who has lived beside it for {years} years, said that nobody in the quarter had expected it so soon.",
    "About {people} people came to look on the first morning, and the cafe at the corner sold all its bread by nine.",
    "Engineers from {other} measured the ground {years} times before they gave file {number} back to the {office}.",
    "A first plan of {people} pages was laid aside in the spring, when the old drawings were found in a cellar.",
    "The building stood empty for {years} winters, and its windows were boarded up after a storm from the west.",
    "{person} called it a good day for {town}, and asked the council to look at the pavement in front of it as well.",
    "Tickets cost {sum} crowns for grown-ups and nothing for children, who are asked to bring their own lamps.",
    "In {other}, where a similar {thing} was mended two summers ago, the number of visitors has doubled since then.",
    "The money comes from the town, from a lottery and from {people} readers of this paper who each gave a little.",
    "What happens to the old stones is not decided: {person} would like to see them in the park by the river.",
    "The next meeting about {thing} {number} is on {day} evening in the hall behind the church, and is open to all.",
)
# fmt: on


class Story(NamedTuple):
    """What a publisher has to say; an `update` has another text, and a later time at which it was changed."""

    number: int
    update: int
    title: str
    author: str
    published: datetime
    modified: datetime
    section: str
    summary: str
    paragraphs: tuple[str, ...]


@lru_cache(maxsize=4096)
def story(number: int, update: int = 0) -> Story:
    """The story of that number: about 200 words, the same for each call."""
    chance = random.Random(number)  # noqa: S311 - it is to be the same each time
    town, thing = chance.choice(_TOWNS), chance.choice(_THINGS)
    title = f"{thing.capitalize()} {number} of {town} {chance.choice(_DEEDS)}"
    sentences = [_sentence(template, number, town, thing, chance) for template in chance.sample(_SENTENCES, 10)]
    published = _FIRST + timedelta(minutes=number % 400_000)
    if update:
        sentences.append(f"Correction {update}: an earlier version of story {number} named a wrong day.")
    return Story(
        number, update, title, _person(chance), published, published + timedelta(hours=update),
        ("News", "Town", "Harbour")[number % 3], sentences[0],
        tuple(" ".join(sentences[n : n + 3]) for n in range(0, len(sentences), 3)),
    )  # fmt: skip


def slug(told: Story) -> str:
    """Its title, as a path has it."""
    return f"{told.published:%Y/%m/%d}/{told.title.lower().replace(' ', '-')}"


def page(told: Story, publisher: str, canonical: str | None = None, *, amp: bool = False) -> str:
    """The story as a page of a news site."""
    link = f'<link rel="canonical" href="{escape(canonical)}">' if canonical else ""
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in told.paragraphs)
    return (
        f"<!doctype html>\n<html lang=en{' amp' * amp}><head><meta charset=utf-8>\n"
        f"<title>{escape(told.title)} - {escape(publisher)}</title>{link}\n"
        f'<meta property="og:title" content="{escape(told.title)}"><meta property="og:type" content="article">\n'
        f'<meta property="og:site_name" content="{escape(publisher)}"><meta name="author" content="{told.author}">\n'
        f'<meta property="article:published_time" content="{told.published.isoformat()}">\n'
        f'<meta property="article:modified_time" content="{told.modified.isoformat()}">\n'
        f'<meta property="article:section" content="{told.section}"></head>\n<body>'
        "<nav><a href=/>Home</a> <a href=/news>News</a> <a href=/town>Town</a></nav>\n"
        f"<article><h1>{escape(told.title)}</h1>\n<p class=byline>By {told.author}</p>\n"
        f'<time datetime="{told.published.isoformat()}">{told.published:%d %B %Y, %H:%M} UTC</time>\n'
        f"{paragraphs}</article>\n<footer>Copyright {escape(publisher)}</footer></body></html>\n"
    )


def _sentence(template: str, number: int, town: str, thing: str, chance: random.Random) -> str:
    return template.format(
        number=number, town=town, thing=thing, other=chance.choice(_TOWNS), person=_person(chance),
        office=chance.choice(_OFFICES), day=chance.choice(_DAYS), years=chance.randrange(2, 60),
        people=chance.randrange(20, 900), sum=chance.randrange(2, 90),
    )  # fmt: skip


def _person(chance: random.Random) -> str:
    return f"{chance.choice(_FIRST_NAMES)} {chance.choice(_LAST_NAMES)}"
