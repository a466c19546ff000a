"""Hosts that take their time."""

from __future__ import annotations

from benchmarks.web import manners
from benchmarks.web.site import Land

ANSWER_SECONDS = 6.0
"""So long a slow host thinks about each answer."""


def build(land: Land, number: int) -> None:
    """So many slow hosts with two stories each; and some that are too slow to wait for."""
    for n in range(number):
        site = land.site(f"slow-{n + 1:03}")
        for _ in range(2):
            site.want(site.put_story(land.number(), manner=manners.after(ANSWER_SECONDS)))
    site = land.site("dripping-1")
    # A story is there after four seconds.
    site.want(site.put_story(land.number(), manner=manners.dripping(0.2, 100)))
    for name, manner in (("dripping-2", manners.dripping(1.0)), ("silent-1", manners.after(10_000.0))):
        site = land.site(name)
        site.want(site.put_story(land.number(), manner=manner), "quarantine", "did not come within")
