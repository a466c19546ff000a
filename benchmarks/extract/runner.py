"""One extractor as a process: `python -P runner.py SYSTEM` answers each page on its input with a row on its output.

Runs in an environment of the extractor's own: there is nothing here but the standard library and the extractor.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Extract = Callable[[bytes, str, "str | None"], Row]

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_WARM = b"<html><head><title>Warm</title></head><body><article><p>" + b"A sentence of some words. " * 40 + b"</article>"
_LEFT_OPEN = frozenset({"p", "div", "li", "ul", "ol", "br", "tr", "table", "section", "article", "blockquote", "pre",
                        "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "dd", "dt"})  # fmt: skip


def main() -> None:
    """Answer until there is no more input."""
    # What an extractor prints is not an answer.
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        extract = _EXTRACTORS[sys.argv[1]]()
        _answer(extract, _WARM, {"url": "https://warm.example/"})
        for line in sys.stdin:
            page = json.loads(line)
            row = _answer(extract, gzip.decompress(Path(page["place"]).read_bytes()), page)
            answers.write(json.dumps(row) + "\n")
            answers.flush()


def _answer(extract: Extract, body: bytes, page: Row) -> Row:
    """The prediction for a page, or the error, with the CPU seconds that it took."""
    began = _spent()
    try:
        row = extract(body, page.get("content_type", ""), page.get("url"))
    except Exception as error:  # noqa: BLE001 - a page that makes an extractor fail is a result
        row = {"err": f"{type(error).__name__}: {error}"[:500]}
    return row | {"cpu": _spent() - began, "id": page.get("id")}


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def decoded(body: bytes) -> str:
    """The page's text: UTF-8 where that fits, else by the charset that it names, else Windows-1252."""
    label = _CHARSET.search(body[:4096])
    for charset in ("utf-8", label[1].decode("ascii", "replace") if label else "utf-8"):
        try:
            return body.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("cp1252", "replace")


def content_type_of(body: bytes) -> str:
    """What a server that sends the page would say."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return "text/html"
    return "text/html; charset=utf-8"


def _wireroom() -> Extract:
    contracts, errors, stage = (import_module(f"wireroom.{name}") for name in ("contracts", "errors", "parse.stage"))

    def extract(body: bytes, content_type: str, url: str | None) -> Row:
        page = contracts.FetchedPage(body=body, content_type=content_type or content_type_of(body), url=url)
        try:
            found = stage.parse(page)
        except errors.Unusable as refusal:
            return {"refused": refusal.reason}
        authors, when = [one.name for one in found.authors], found.published
        return _row(found.title, authors, when and when.iso, found.text, found.image) | {"origins": found.origins}

    return extract


def _trafilatura(**mode: bool) -> Extract:
    bare_extraction = import_module("trafilatura").bare_extraction

    def extract(body: bytes, _: str, url: str | None) -> Row:
        found = bare_extraction(body, url=url, with_metadata=True, include_comments=False, **mode)
        if found is None:
            return {}
        return _row(found.title, (found.author or "").split("; "), found.date, found.text, found.image)

    return extract


def _newspaper4k() -> Extract:
    article_of = import_module("newspaper").Article

    def extract(body: bytes, _: str, url: str | None) -> Row:
        found = article_of(url or "", fetch_images=False)
        found.download(input_html=decoded(body))
        found.parse()
        return _row(found.title, found.authors, found.publish_date, found.text, found.top_image)

    return extract


def _readability() -> Extract:
    document_of, fragment = import_module("readability").Document, import_module("lxml.html").fromstring

    def extract(body: bytes, _: str, url: str | None) -> Row:
        found = document_of(decoded(body), url=url)
        return _row(found.short_title(), [], None, _lines(fragment(found.summary(html_partial=True))), None)

    return extract


def _lines(top: Any) -> str:
    """The text of an lxml element, a block a line."""
    for element in top.iter():
        if element.tag in _LEFT_OPEN:
            element.text = f"\n{element.text or ''}"
            element.tail = f"\n{element.tail or ''}"
    return "\n".join(" ".join(line.split()) for line in str(top.text_content()).split("\n") if line.strip())


def _resiliparse() -> Extract:
    tree_of, text_of = import_module("resiliparse.parse.html").HTMLTree, import_module("resiliparse.extract.html2text")

    def extract(body: bytes, _: str, __: str | None) -> Row:
        tree = tree_of.parse(decoded(body))
        text = text_of.extract_plain_text(tree, main_content=True, alt_texts=False, links=False)
        return _row(tree.title, [], None, text, None)

    return extract


def _news_please() -> Extract:
    news_please = import_module("newsplease").NewsPlease

    def extract(body: bytes, _: str, url: str | None) -> Row:
        found = news_please.from_html(decoded(body), url=url, fetch_images=False)
        return _row(found.title, found.authors, found.date_publish, found.maintext, found.image_url)

    return extract


def _row(title: Any, authors: Any, date: Any, text: Any, image: Any) -> Row:
    """A prediction; a time as ISO 8601, with an offset only where the extractor gave one."""
    iso = date.isoformat() if hasattr(date, "isoformat") else date
    named = [name for name in authors or [] if name]
    return {"title": title or "", "authors": named, "date": iso, "text": text or "", "image": image}


_EXTRACTORS: dict[str, Callable[[], Extract]] = {
    "wireroom": _wireroom,
    "trafilatura": _trafilatura,
    "trafilatura-fast": lambda: _trafilatura(fast=True),
    "trafilatura-precision": lambda: _trafilatura(favor_precision=True),
    "newspaper4k": _newspaper4k,
    "readability-lxml": _readability,
    "resiliparse": _resiliparse,
    "news-please": _news_please,
}

if __name__ == "__main__":
    main()
