"""What is no matter of fields: how long a system takes, on what it fails, and what it leaves in the body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from benchmarks.extract.scores import Score
from benchmarks.extract.table import NOT_GIVEN, Part, markdown
from benchmarks.extract.tails import has_headline_list
from benchmarks.extract.turns import Row

Figure = Callable[[Part, str], str]


def conduct(score: Score, part: Part, links: Mapping[str, set[str]]) -> str:
    """The table, a column for each system; `links` are the letters of the links of each page with gold."""
    figures: dict[str, Figure] = {
        "pages a CPU second": _rate,
        "slowest page, CPU s": lambda part, system: f"{max(_cpu(part, system), default=0.0):.2f}",
        "pages it failed on": lambda part, system: str(sum("err" in row for row in _rows(part, system))),
        "pages it refused": lambda part, system: str(sum("refused" in row for row in _rows(part, system))),
        "body by trafilatura": _fallen_back,
        "body with a list of headlines": partial(_headline_lists, score, links),
        "body recall": partial(_mean, score, "R"),
        "body precision": partial(_mean, score, "P"),
    }
    rows = [[head, *(figure(part, system) for system in part.rows)] for head, figure in figures.items()]
    return markdown(["", *part.rows], rows)


def _rows(part: Part, system: str) -> list[Row]:
    return [part.rows[system][page.id] for page in part.pages if page.id in part.rows[system]]


def _cpu(part: Part, system: str) -> list[float]:
    return [row["cpu"] for row in _rows(part, system) if "cpu" in row]


def _rate(part: Part, system: str) -> str:
    spent = _cpu(part, system)
    return f"{len(spent) / sum(spent):.0f}" if spent else NOT_GIVEN


def _fallen_back(part: Part, system: str) -> str:
    """The share of pages whose body Wireroom did not find by itself."""
    return share(row["origins"].get("body") == "trafilatura" for row in _rows(part, system) if "origins" in row)


def _headline_lists(score: Score, links: Mapping[str, set[str]], part: Part, system: str) -> str:
    rows = part.rows[system]
    return share(
        has_headline_list(rows.get(page.id, {}).get("text") or "", links[page.id], page.bodies, score.tokens)
        for page in part.pages
        if page.bodies
    )


def _mean(score: Score, key: str, part: Part, system: str) -> str:
    value = score.aggregate(part.figures[system], 0).get(key)
    return NOT_GIVEN if value is None else f"{value:.3f}"


def share(found: Iterable[bool]) -> str:
    """In per cent; `-` of nothing."""
    each = list(found)
    return f"{100 * sum(each) / len(each):.1f} %" if each else NOT_GIVEN
