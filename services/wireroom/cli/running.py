"""`wireroom up` and `wireroom demo`: a whole Wireroom on this machine, from embedded servers."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Annotated

import typer

from wireroom.cli.app import app
from wireroom.cli.demo.show import present
from wireroom.cli.local import Local, running
from wireroom.cli.output import console
from wireroom.embedded import free_port
from wireroom.settings import ENV_FILE, settings

DEMO_ENV = {"WIREROOM_FETCH_ALLOW": "127.0.0.1/32", "WIREROOM_HOST_DELAY": "0.1", "WIREROOM_TOKENS": "off"}


@app.command()
def up(directory: Annotated[Path, typer.Option(help="Where data and logs are kept.")] = Path(".wireroom")) -> None:
    """Run everything on this machine and keep it up: Postgres, Valkey, gateway, dispatcher and workers.

    What dies is started again. Ctrl-C ends it cleanly; the data stay in the directory for the next time. While it runs,
    the other commands find it by themselves from the same place: `wireroom submit article.txt`.
    """
    given = settings()
    env = directory / ENV_FILE.name
    with (
        running(directory, given.gateway_port, {}, durable=True) as local,
        _announced(local, env),
        _signalled() as stopping,
    ):
        console.print("[bold]Wireroom is up.[/]")
        console.print(f"  gateway   {local.gateway_url}/v1/articles")
        console.print(f"  Postgres  {local.database_url}")
        console.print(f"  Redis     {local.redis_url}")
        console.print(f"  logs      {local.logs}")
        console.print("Submit something: wireroom submit https://example.com/article  ·  Ctrl-C ends it.")
        stopping.wait()
        console.print("Stopping …")


@app.command()
def demo() -> None:
    """Show the line at work: real servers, real articles, and the record of each. Leaves nothing behind."""
    with (
        TemporaryDirectory(prefix="wireroom-demo-") as directory,
        console.status("starting Postgres, Valkey, gateway, dispatcher and workers …") as status,
        running(Path(directory), free_port(), DEMO_ENV, durable=False) as local,
    ):
        status.stop()
        present(local, console)
    console.print("\nKeep it running with your own articles: [bold]make up[/]")


@contextmanager
def _announced(local: Local, file: Path) -> Iterator[None]:
    """Tells the other commands where it runs."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(f"WIREROOM_DATABASE_URL={local.database_url}\nWIREROOM_REDIS_URL={local.redis_url}\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@contextmanager
def _signalled() -> Iterator[Event]:
    """Set by Ctrl-C or SIGTERM."""
    stopping = Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stopping.set())
    yield stopping
