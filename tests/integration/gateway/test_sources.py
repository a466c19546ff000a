"""Sources over HTTP."""

from __future__ import annotations

import httpx

from newsroom.desk import Desk

FEED = "https://news.example/feed.xml"


def test_a_source_is_added_looked_at_changed_held_and_removed(api: httpx.Client, desk: Desk) -> None:
    added = api.post("/v1/sources", json={"url": FEED, "source": "Harbour Wire", "who": "ada"})
    assert (added.status_code, added.headers["location"]) == (201, "/v1/sources/1")
    assert added.json() == {"id": 1, "new": True}
    again = api.post("/v1/sources", json={"url": FEED})
    assert (again.status_code, again.json()) == (200, {"id": 1, "new": False})
    shown = api.get("/v1/sources/1").json()
    assert (shown["url"], shown["source"], shown["state"], shown["polls"]) == (FEED, "Harbour Wire", "new", [])
    assert shown["added_by"] == "api:ada"
    changed = api.patch("/v1/sources/1", json={"slowest": 600, "robots": False})
    assert (changed.json()["slowest"], changed.json()["robots"], changed.json()["lane"]) == (600.0, False, "live")
    paused = api.post("/v1/sources/1/pause", json={"who": "ada", "why": "too many"})
    assert paused.json() == {"id": 1, "changed": True}
    assert api.post("/v1/sources/1/poll").json() == {"id": 1, "changed": False}
    assert api.get("/v1/sources", params={"state": "paused"}).json()["sources"][0]["paused_why"] == "too many"
    assert api.post("/v1/sources/1/resume").json() == {"id": 1, "changed": True}
    assert api.post("/v1/sources/1/poll").json() == {"id": 1, "changed": True}
    assert api.delete("/v1/sources/1").json() == {"id": 1, "changed": True}
    for request in (api.get, api.delete):
        assert request("/v1/sources/1").status_code == 404
    assert api.post("/v1/sources/1/poll").status_code == 404


def test_what_is_wrong_with_a_source_is_told_by_its_field(api: httpx.Client) -> None:
    for body, status, field in (
        ({"url": "ftp://news.example/"}, 422, "url"), ({"url": FEED, "urll": "x"}, 422, "urll"), ({}, 422, "url"),
        ({"url": FEED, "source": " "}, 422, "source"), ({"url": FEED, "fastest": 0.1}, 422, "fastest"),
        ({"url": FEED, "lane": "fast"}, 422, "lane"),
    ):  # fmt: skip
        problem = api.post("/v1/sources", json=body)
        assert (problem.status_code, problem.json()["field"]) == (status, field), problem.json()
    assert api.get("/v1/sources", params={"kind": "blog"}).json()["field"] == "kind"
    assert api.get("/v1/sources/x").status_code == 404


def test_sources_are_listed_page_by_page(api: httpx.Client) -> None:
    body = "".join(f"https://h{n}.example/feed\n" for n in range(5)) + "nonsense\n"
    imported = api.post("/v1/sources/import?source=Tide", content=body, headers={"content-type": "text/plain"}).json()
    assert (imported["added"], imported["known"], imported["refused_in_all"]) == (5, 0, 1)
    assert (imported["refused"][0]["where"], imported["refused"][0]["field"]) == ("line 6", "url")
    seen, cursor, more = list[str](), 0, True
    while more:
        page = api.get("/v1/sources", params={"limit": 2, "after": cursor, "source": "Tide"}).json()
        seen += [one["url"] for one in page["sources"]]
        cursor, more = page["cursor"], page["more"]
    assert sorted(seen) == [f"https://h{n}.example/feed" for n in range(5)]


def test_a_list_of_feeds_comes_out_as_it_went_in(api: httpx.Client, desk: Desk) -> None:
    opml = '<opml version="2.0"><body><outline text="Tide" xmlUrl="https://a.example/f"/></body></opml>'
    assert api.post("/v1/sources/import", content=opml).json()["added"] == 1
    exported = api.get("/v1/sources/export")
    assert exported.headers["content-type"].startswith("text/x-opml") and "https://a.example/f" in exported.text
    desk.db.execute("DELETE FROM sources")
    assert api.post("/v1/sources/import", content=exported.content).json()["added"] == 1
