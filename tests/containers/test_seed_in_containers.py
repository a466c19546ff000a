"""The seed article goes through the containers."""

from __future__ import annotations

import json

from conftest import SHARED_DATA
from newsroom.compose import Compose

SEED = SHARED_DATA / "seed/pakistan-un-peace-missions.txt"


def test_the_seed_article_is_stored_with_its_title_and_time(stack: Compose) -> None:
    gold = json.loads(SEED.with_suffix(".gold.json").read_text("utf-8"))
    job = stack.offer(text=SEED.read_text("utf-8"), producer="test", key="seed")
    end = stack.ends([job])[job]
    assert end["state"] == "stored", end
    record = stack.get(f"/v1/articles/{end['article_id']}").json()
    assert record["title"] == gold["title"]
    assert record["published"]["iso"] == gold["published"]["iso"]
