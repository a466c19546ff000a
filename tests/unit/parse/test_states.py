"""A story that only the scripts of a page hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wireroom.parse import parse

TITLE = "Ferry to Brightholm sails again after eleven weeks"
STORY = [
    "The ferry between Port Calder and Brightholm sailed on Monday for the first time in eleven weeks.",
    "Engineers had found cracks in two of her four engine mounts, and the spare parts came from a yard in Gdansk.",
    "“We are glad to hear the horn again,” said Ida Marsh, who runs the bakery on the pier and lost half her trade.",
    "The company promised that the winter timetable would be kept, and that nobody would pay more than before.",
]
OTHER = [f"Nobody in the village of Oakhurst believed it at first: {line.lower()}" for line in reversed(STORY)]
NEXT = {"props": {"pageProps": {"article": {"headline": TITLE, "body": [{"type": "p", "text": one} for one in STORY]}}}}
FUSION = {
    "headlines": {"basic": TITLE},
    "content_elements": [{"type": "text", "content": f"<p><b>{one[:5]}</b>{one[5:]}</p>"} for one in STORY],
}
HTML = {"post": {"title": {"rendered": TITLE}, "rendered": "".join(f"<p>{s}</p>" for s in STORY)}}
APOLLO = {"Post:1": {"title": TITLE}} | {f"Paragraph:{at}_{at}": {"text": one} for at, one in enumerate(STORY)}


def page(script: str, shown: str = "<div id=app>Loading</div>") -> bytes:
    return (
        f"<html><head><meta property=og:type content=article><meta property=og:title content='{TITLE}'></head>"
        f"<body>{shown}{script}</body></html>"
    ).encode()


def next_data(state: Any) -> str:
    return f"<script id=__NEXT_DATA__ type=application/json>{json.dumps(state)}</script>"


@pytest.mark.parametrize(
    "script",
    [
        next_data(NEXT),
        f"<script>Fusion.arcSite='x';Fusion.globalContent={json.dumps(FUSION)};Fusion.tree={{}}</script>",
        f"<script>window.__PRELOADED_STATE__ = {json.dumps(HTML)};</script>",
        f"<script>window['__APOLLO_STATE__']=JSON.parse({json.dumps(json.dumps(APOLLO))})</script>",
    ],
    ids=["next", "fusion", "preloaded", "apollo"],
)
def test_it_is_read_where_nothing_is_shown(script: str) -> None:
    article = parse(page(script), "https://news.example/ferry")
    assert [block.text for block in article.blocks] == STORY
    assert article.origins["body"] == "script"


def test_a_story_of_another_title_is_not_read() -> None:
    other = {"stories": [{"headline": "Another place altogether, and far away", "body": OTHER}]}
    assert parse(page(next_data(other))).text == "Loading"


def test_of_several_the_one_with_the_title_is_read() -> None:
    article = {"headline": TITLE, "body": STORY}
    both = {"more": [{"headline": "Another place altogether, and far away", "body": OTHER}], "article": article}
    assert [block.text for block in parse(page(next_data(both))).blocks] == STORY


def test_a_description_is_no_story() -> None:
    head = {"article": {"headline": TITLE, "description": " ".join(STORY), "id": 7}}
    assert parse(page(next_data(head))).text == "Loading"


def test_a_state_that_does_not_tell_what_is_shown_is_not_believed() -> None:
    shown = f"<article><h1>{TITLE}</h1><p>{STORY[0]}</p></article>"
    agreeing = parse(page(next_data(NEXT), shown))
    assert [block.text for block in agreeing.blocks] == STORY
    other = {"article": {"headline": TITLE, "body": OTHER}}
    assert [block.text for block in parse(page(next_data(other), shown)).blocks] == STORY[:1]


@pytest.mark.parametrize(
    "broken", ["[" * 100_000, '{"a":' * 100_000, "{" + '"title": "x' * 1000, "window.x = {" * 1000]
)
def test_what_is_no_state_harms_nobody(broken: str) -> None:
    shown = f"<article><h1>{TITLE}</h1><p>{STORY[0]}</p><p>{STORY[1]}</p></article>"
    article = parse(page(f"<script>{broken}</script>", shown))
    assert [block.text for block in article.blocks] == STORY[:2]
