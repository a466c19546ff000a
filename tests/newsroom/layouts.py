"""Pages of one site, in its old layout and in new ones."""

from __future__ import annotations

HOST = "harbour.example"


def story(number: int) -> list[str]:
    town = ("Lagos", "Oslo", "Lima", "Dhaka", "Quito")[number % 5]
    return [
        f"The tram numbered {number} crossed the old bridge of {town} on Friday for the first time in a decade.",
        f"Engineers of the Harbour Tramways said that crossing {number} took four minutes on the measuring run.",
        f"The council of {town} will decide in June whether all lines may use it again, Mayor Inés Pardo said.",
        "Nobody was hurt in the trial, and the tram came back to its depot before the evening, the council added.",
    ][: 3 + number % 2]


def page(number: int, *, head: str = "", top: str = "", paragraphs: int = 4, title: str = "") -> str:
    name = title or f"Tram {number} crosses the bridge"
    text = "".join(f"<p>{sentence}</p>" for sentence in story(number)[:paragraphs])
    meta = f"<meta property=og:title content='{name}'><meta property=og:type content=article>{head}"
    return (
        f"<!doctype html><html lang=en><head><title>{name} - Harbour Wire</title>{meta}</head><body>"
        f"<nav><a href=/>Home</a> <a href=/sport>Sport</a></nav><article><h1>{name}</h1>{top}{text}</article>"
        "<footer>Copyright Harbour Wire</footer></body></html>"
    )


SECTION = "<meta property=article:section content=City>"
HEAD = f"<meta property=article:published_time content=2025-05-02T10:15:00+00:00>{SECTION}"
BYLINE = "<p class=byline>By <a rel=author href=/ada>Ada Okoro</a></p>"


def old(number: int) -> str:
    return page(number, head=HEAD, top=BYLINE)


def without_byline(number: int) -> str:
    return page(number, head=HEAD)


def without_times(number: int) -> str:
    return page(number, head=SECTION, top=BYLINE)


def with_the_sites_name_for_a_title(number: int) -> str:
    return page(number, head=HEAD, top=BYLINE, title="The Harbour Wire online")


def with_a_teaser(number: int) -> str:
    return page(number, head=HEAD, top=BYLINE, paragraphs=1)


def by_script(_: int) -> str:
    """An empty shell."""
    script = "<div id=root></div><script src=/app.js></script>"
    return f"<!doctype html><html><head><title>Harbour Wire</title></head><body>{script}</body></html>"
