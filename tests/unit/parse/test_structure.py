"""What is told keeps its structure: paragraphs, headings, lists, quotations; captions and posts stand apart."""

from __future__ import annotations

from wireroom.contracts import Block
from wireroom.parse import parse

FIRST = "The lighthouse on Tarn Point will be painted red and white again, the harbour board decided on Tuesday."
SECOND = "It has been grey since 1961, when the paint that was left over from a frigate was used up on it."
THIRD = "The work begins in May, takes six weeks, and will be done by two climbers and their ropes alone."
QUOTE = "A lighthouse that cannot be seen by day is only half a lighthouse, my father used to say of it."
POST = "Red and white at last! I have been asking for this since I was eleven, and I am sixty now."
ITEMS = ["Scaffolding: none, as the climbers need only ropes", "Paint: 240 litres, mixed in the harbour's own shed"]
PAGE = f"""
<html><head><title>Lighthouse turns red and white</title></head><body><article>
<h1>Lighthouse turns red and white</h1>
<figure><img src="/tarn.jpg"><figcaption>The lighthouse on Tarn Point in March.</figcaption></figure>
<p>{FIRST}</p>
<p>{SECOND}</p>
<blockquote><p>{QUOTE}</p></blockquote>
<h2>Ropes instead of scaffolding</h2>
<p>{THIRD}</p>
<ul><li>{ITEMS[0]}</li><li>{ITEMS[1]}</li></ul>
<div class="embed"><blockquote class="twitter-tweet"><div><div><p>{POST}</p></div></div></blockquote></div>
<p>{FIRST.replace("Tuesday", "Wednesday")}</p>
</article></body></html>
"""


def test_the_body_keeps_the_structure_of_the_page() -> None:
    article = parse(PAGE.encode(), "https://coast.example/lighthouse", "text/html; charset=utf-8")
    assert [(block.kind, block.text) for block in article.blocks] == [
        ("paragraph", FIRST),
        ("paragraph", SECOND),
        ("quote", QUOTE),
        ("heading", "Ropes instead of scaffolding"),
        ("paragraph", THIRD),
        ("list_item", ITEMS[0]),
        ("list_item", ITEMS[1]),
        ("paragraph", FIRST.replace("Tuesday", "Wednesday")),
    ]
    assert article.tails == [
        Block(kind="caption", text="The lighthouse on Tarn Point in March."),
        Block(kind="quote", text=POST),
    ]
