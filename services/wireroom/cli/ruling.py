"""`wireroom rules`: the rules for single sites, each tried on the pages beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from wireroom.cli.app import app
from wireroom.cli.output import AsLines, answer, write_lines
from wireroom.contracts import FetchedPage
from wireroom.errors import Unusable, WireroomError
from wireroom.settings import settings

if TYPE_CHECKING:
    from wireroom.contracts import ParsedArticle
    from wireroom.parse.rules import Rules

_READ: dict[str, Callable[[ParsedArticle], Any]] = {
    "title": lambda article: article.title,
    "subtitle": lambda article: article.subtitle,
    "authors": lambda article: [author.name for author in article.authors],
    "published": lambda article: article.published and article.published.iso,
    "modified": lambda article: article.modified and article.modified.iso,
    "paragraphs": lambda article: [block.text for block in article.blocks],
    "tails": lambda article: [block.text for block in article.tails],
}
"""Fields of a record beside a page, as they are compared."""
_ADDRESS = "url"


class Trial(NamedTuple):
    """What became of a page by its rule: no fault is a success."""

    rule: str
    page: str | None
    fault: str | None


@app.command()
def rules(
    folder: Annotated[Path | None, typer.Argument(help="Where the rules are; else WIREROOM_RULES says.")] = None,
    as_json: AsLines = False,
) -> None:
    """Try the rules for single sites on the pages beside them.

    Beside the rule NAME.toml stand a page of its site, NAME.html, and the record that it should give, NAME.json; more
    of them as NAME.2.html and NAME.2.json. The exit code is 1 if a record is not as it should be.

    Example: [bold]wireroom rules rules/[/]
    """
    given = folder or settings().rules
    if given is None:
        raise typer.BadParameter("give the folder of the rules, or set WIREROOM_RULES")
    trials = list(_try_all(given))
    if as_json:
        write_lines(trial._asdict() for trial in trials)
    else:
        for trial in trials:
            place = trial.page or trial.rule
            answer(f"not as it should be {place}  {trial.fault}" if trial.fault else f"ok                  {place}")
    if any(trial.fault for trial in trials):
        raise typer.Exit(1)


def _try_all(folder: Path) -> Iterator[Trial]:
    # It loads a parser, which the other commands need not wait for.
    from wireroom.parse.rules import read_rules

    known = read_rules(folder)
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise WireroomError(f"{folder}: it holds no rule; a rule is a file NAME.toml")
    for file in files:
        pages = sorted(page for page in folder.glob("*.html") if page.name.startswith(f"{file.stem}."))
        if not pages:
            yield Trial(file.name, None, f"no page stands beside it: add one as {file.stem}.html, and {file.stem}.json")
        yield from (Trial(file.name, page.name, _fault(page, known)) for page in pages)


def _fault(page: Path, known: Rules) -> str | None:
    from wireroom.parse.stage import parse

    expected = _expected(page.with_suffix(".json"))
    url = expected.pop(_ADDRESS)
    if known.of(url) is None:
        return f"{_ADDRESS}: no rule is for {url}"
    try:
        article = parse(FetchedPage(body=page.read_bytes(), content_type="text/html", url=url), known)
    except Unusable as unusable:
        return f"{unusable.reason}: {unusable}"
    found = {field: _READ[field](article) for field in expected}
    wrong = (field for field, value in expected.items() if found[field] != value)
    return next((f"{field}: is {_as_json(found[field])}, not {_as_json(expected[field])}" for field in wrong), None)


def _expected(record: Path) -> dict[str, Any]:
    try:
        expected = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WireroomError(f"{record}: {error}") from error
    if not isinstance(expected, dict) or not isinstance(expected.get(_ADDRESS), str):
        raise WireroomError(
            f"{record}: it must be an object with the page's {_ADDRESS}, and what the record should say"
        )
    if unknown := sorted(expected.keys() - _READ.keys() - {_ADDRESS}):
        raise WireroomError(f"{record}: {unknown[0]} is no field that is compared; these are: {', '.join(_READ)}")
    return expected


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
