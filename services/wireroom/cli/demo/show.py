"""What the demonstration pushes in, and how it shows what came out."""

from __future__ import annotations

import statistics
import time
from importlib.resources import files
from pathlib import Path

import httpx
from rich.console import Console
from rich.live import Live
from rich.table import Table

from wireroom.cli.demo.site import Site
from wireroom.cli.local import Local
from wireroom.cli.output import cell
from wireroom.cli.show import show_article
from wireroom.contracts import ArticleJob, encode
from wireroom.database import Connection, connect
from wireroom.errors import WireroomError
from wireroom.ledger import look
from wireroom.ledger.reconcile import reconcile
from wireroom.records import article

SEED = Path("../shared/data/seed/pakistan-un-peace-missions.txt")
"""A real article, where the working directory has it beside it."""
IDLE_ARTICLES = 20
PATIENCE_SECONDS = 120.0


def present(local: Local, console: Console) -> None:
    """Push articles in, follow them down the line, show each record, the idle time and the reconciliation."""
    door = httpx.Client(base_url=local.gateway_url, trust_env=False)
    with connect(local.database_url, "demo") as db, Site() as site, door:
        jobs = [_submit(door, job) for job in inline()]
        links = site.links()
        console.print(
            f"Pushed {len(jobs)} plain-text articles, and the {len(links)} links of {site.feed} to be fetched."
        )
        jobs += [_submit(door, ArticleJob(url=link, producer="demo", source="demo site")) for link in links]
        _follow(db, jobs, console)
        for state in reversed(look.jobs(db, ids=jobs)):
            _show(db, state, console)
        console.rule("the line")
        idle = _idle_times(db, door)
        console.print(
            f"Idle line: an article is stored [bold]{statistics.median(idle) * 1000:.0f} ms[/] after it is submitted"
            f" (median of {len(idle)}; slowest {max(idle) * 1000:.0f} ms)"
        )
        found = reconcile(db, everything=True)
        console.print(f"Reconciled: {found.sums}; {len(found.findings) or 'no'} findings")
        if found.findings:
            raise WireroomError(f"the demonstration did not reconcile: {found.findings[0]}")


def inline() -> list[ArticleJob]:
    """The texts of the package, and the seed where it is."""
    texts = sorted(files(__package__).joinpath("texts").iterdir(), key=lambda file: file.name)
    found = [ArticleJob(text=text.read_text("utf-8"), producer="demo", external_id=text.name) for text in texts]
    if SEED.is_file():
        found.append(ArticleJob(text=SEED.read_text("utf-8"), producer="demo", external_id=SEED.name))
    return found


def _submit(door: httpx.Client, job: ArticleJob) -> int:
    answer = door.post("/v1/articles", content=encode(job), headers={"Content-Type": "application/json"})
    if answer.status_code != 202:
        raise WireroomError(f"the gateway refused an article: {answer.text}")
    return int(answer.json()["job_id"])


def _follow(db: Connection, jobs: list[int], console: Console) -> None:
    """Show where the jobs are until all have ended."""
    until = time.monotonic() + PATIENCE_SECONDS
    with Live(console=console, refresh_per_second=10, transient=not console.is_terminal) as live:
        while True:
            states = look.jobs(db, ids=jobs, limit=len(jobs))
            live.update(_board(states))
            if all(state.state in _ENDS for state in states):
                return
            if time.monotonic() > until:
                raise WireroomError(f"some articles did not end: {[s.job_id for s in states if s.state not in _ENDS]}")
            time.sleep(0.05)


_ENDS = frozenset({"stored", "updated", "unchanged", "rejected", "quarantined"})


def _board(states: list[look.JobState]) -> Table:
    table = Table("where", "articles", box=None, pad_edge=False)
    for state in look.STATES:
        number = sum(one.state == state for one in states)
        table.add_row(state, f"[green]{'█' * number}[/] {number}" if number else "·")
    return table


def _show(db: Connection, state: look.JobState, console: Console) -> None:
    head = f"job {state.job_id} · {state.state} · {state.url or state.source}"
    record = article(db, state.article_id, state.version) if state.article_id else None
    if record is None:
        console.rule(cell(head), align="left")
        console.print(cell(look.timeline(db, state)[-1].details, "yellow"))
    else:
        show_article(console, record.parsed, record.enrichments, head=head)


def _idle_times(db: Connection, door: httpx.Client) -> list[float]:
    """Seconds from submit to stored of one article after the other, each alone on the line."""
    times: list[float] = []
    for number in range(IDLE_ARTICLES):
        text = f"Harbour clock strikes {number}\n\nThe harbour clock struck {number} this morning, the keeper said."
        started = time.perf_counter()
        job = _submit(door, ArticleJob(text=text, producer="demo", source="idle"))
        while not db.execute("SELECT 1 FROM outcomes WHERE job_id = %s", [job]).fetchone():
            time.sleep(0.001)
        times.append(time.perf_counter() - started)
    return times
