"""What travels down the line: ArticleJob -> FetchedPage -> ParsedArticle -> EnrichedArticle.

Frozen, JSON-codable (`encode`/`decode`), versioned by the queue's name (`wireroom.parse.v1`). Decoding ignores unknown
fields, so that a newer sender can add some; only the door (`ArticleJob`) is strict. Imports nothing of Wireroom.

Times are ISO 8601 strings: with an offset where one is known, without where only the wall time is. Spans are
`[start, end)` offsets in code points into `ParsedArticle.text`.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec

Lane = Literal["live", "backfill"]
Kind = Literal["article", "live_blog", "video", "gallery"]


class ArticleJob(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One article as a producer offers it: a `url` to fetch, or its content inline in one of `html`, `text`, `body`."""

    url: str | None = None
    """Where it is published (http or https). Alone: it will be fetched. Beside content: its address, not fetched."""
    html: str | None = None
    text: str | None = None
    body: bytes | None = None
    """Raw bytes (base64 in JSON), for content whose charset the producer does not know."""
    content_type: str | None = None
    """Media type of `body` as in an HTTP header; without it the kind of content is looked at."""
    producer: str | None = None
    """Who offers it; `anonymous` if absent. Keys are the producer's own."""
    key: str | None = None
    """The producer's own idempotency key: the same key is accepted once, within 30 days."""
    source: str | None = None
    """Name of the publisher or feed; the URL's host if absent. The unit of fairness."""
    external_id: str | None = None
    """The source's own id of the article; the strongest identity there is."""
    lane: Lane = "live"
    published: str | None = None
    """When it was published, ISO 8601, if the producer knows better than the page: goes before what the page says."""
    meta: dict[str, Any] = {}
    """Anything of the producer's own; kept on the record untouched."""


class FetchedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page as captured: raw bytes and where they came from. Never travels through Redis."""

    body: bytes
    content_type: str = ""
    """The Content-Type header, or what the producer said; may be empty or wrong."""
    url: str | None = None
    """The final URL after redirects; None for content without an address."""
    requested_url: str | None = None
    redirects: list[str] = []
    """The addresses that led to it, in their order; the first is the one requested."""
    status: int | None = None
    """HTTP status; None for inline content."""
    headers: dict[str, str] = {}
    """Response headers, names in lower case."""
    fetched_at: str | None = None
    source: str | None = None


class Author(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: Literal["person", "organisation"] = "person"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A point in time as the page gives it."""

    iso: str
    """ISO 8601; without an offset while the zone is unknown; a date alone where no time is given."""
    as_written: str | None = None
    origin: str
    """Where it was found: `json-ld`, `opengraph`, `meta`, `microdata`, `visible`, `url`, `script`, `producer`."""
    zone: str | None = None
    """IANA name where known, as `Asia/Karachi`."""
    zone_origin: Literal["said", "wall_clock", "dateline_place", "source"] | None = None
    """Who says the offset: the page itself, or what it was inferred from (`wall_clock`: the page gives the same moment
    in UTC and by its own clock); None while there is no offset."""


class Dateline(msgspec.Struct, frozen=True, kw_only=True):
    """`ISLAMABAD, (UrduPoint / Pakistan Point News - 19th Apr, 2025)`, split; the place resolved by enrich."""

    as_written: str
    place_as_written: str | None = None
    agency: str | None = None
    """As written, as `UrduPoint / Pakistan Point News`."""
    agency_names: list[str] = []
    date: str | None = None
    """ISO date."""
    date_as_written: str | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the gazetteer (GeoNames)."""

    name: str
    country: str
    """ISO 3166 alpha-2."""
    lat: float
    lon: float
    geonameid: int
    admin1: str | None = None
    zone: str | None = None
    """IANA time zone."""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the body, or (in `tails`) of what was cut from it."""

    kind: Literal["paragraph", "heading", "list_item", "quote", "caption", "related", "newsletter", "bio", "legal"]
    text: str


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """A headline of another story in a tail such as "Recent Stories", without its age."""

    title: str
    heading: str | None = None
    """The heading of the list it stood in."""
    url: str | None = None


class ParsedArticle(msgspec.Struct, frozen=True, kw_only=True):
    """What parse gives: the article's text, structure and metadata, each as the page has it."""

    title: str
    blocks: list[Block]
    """The body in reading order: no tails, no title, no byline, no dateline."""
    subtitle: str | None = None
    authors: list[Author] = []
    published: Moment | None = None
    modified: Moment | None = None
    dateline: Dateline | None = None
    related: list[Related] = []
    tails: list[Block] = []
    language_declared: str | None = None
    """BCP 47, as the page declares it."""
    section: str | None = None
    tags: list[str] = []
    image: str | None = None
    publisher: str | None = None
    canonical_url: str | None = None
    """The page's own claim, absolute; whether it is believed is decided by store."""
    kind: Kind = "article"
    paywalled: bool | None = None
    """Whether readers must pay or sign in; None where the page does not say."""
    origins: dict[str, str] = {}
    """Field name -> where its value was found."""
    confidences: dict[str, float] = {}
    """Field name -> how surely its value is right, 0 to 1: the share that was right on real pages."""
    parser: str
    """Name and version of the parser, as `text/1`."""

    @property
    def text(self) -> str:
        """The body as plain text: its blocks joined by blank lines. Offsets of spans refer to this."""
        return "\n\n".join(block.text for block in self.blocks)


OF_THE_PARSER: dict[str, Any] = {"parser": "", "confidences": {}}
"""Fields of a parsed article that tell of its parser, each with the value in which all are alike: a parser that knows
its own confidence better has not read another record."""


class Language(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    """ISO 639-1 where it has one, else 639-3."""
    confidence: float
    """0 to 1."""
    origin: Literal["detected", "declared"]


class Keyword(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    score: float
    """Higher is better; comparable within one article only."""


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    surface: str
    start: int
    end: int


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: Literal["person", "organisation", "place", "other"]
    mentions: list[Mention]
    place: Place | None = None


class Enrichment(msgspec.Struct, frozen=True, kw_only=True):
    """What one enricher did: its version, its time, and its error where it failed."""

    name: str
    version: str
    seconds: float
    error: str | None = None


class Enrichments(msgspec.Struct, frozen=True, kw_only=True):
    """What enrich adds. A field is None or empty where its enricher found nothing or failed (see `ran`)."""

    language: Language | None = None
    dateline_place: Place | None = None
    published: Moment | None = None
    """`ParsedArticle.published` with its zone completed, where it could be."""
    keywords: list[Keyword] = []
    entities: list[Entity] = []
    ran: list[Enrichment] = []


class EnrichedArticle(msgspec.Struct, frozen=True, kw_only=True):
    parsed: ParsedArticle
    enrichments: Enrichments


T = TypeVar("T")


def encode(value: Any) -> bytes:
    """The contract as JSON bytes."""
    return msgspec.json.encode(value)


def decode(data: bytes | str, kind: type[T]) -> T:
    """Read JSON into `kind`; raises `msgspec.ValidationError` naming the field."""
    return msgspec.json.decode(data, type=kind)
