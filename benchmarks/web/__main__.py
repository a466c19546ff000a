"""`python -m benchmarks.web`: serves a local web of some hundred hosts, until Ctrl-C.

Each host has a name (`gazette-017.test`) and an address of its own (127.1.x.y), all on one port. A hosts file with all
of them and the log of all requests are written to the directory. To let a Wireroom loose on it:

    python -m benchmarks.web --directory /tmp/web &
    export WIREROOM_FETCH_HOSTS=/tmp/web/hosts WIREROOM_FETCH_ALLOW=127.1.0.0/16 WIREROOM_HOST_DELAY=0.2
    make up
    wireroom sources import /tmp/web/sources.txt        # every feed that should work
    wireroom submit - < /tmp/web/pages.txt              # every single page, also those that mean harm
    curl -X POST http://127.1.0.1:8400/edition/2        # corrections, new stories, feeds that move and fail
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from benchmarks.web.log import Book
from benchmarks.web.publishers import Size
from benchmarks.web.server import House, open_sockets, serve
from benchmarks.web.town import Plan, Town, build


def main() -> None:
    """Serve, as the command line says."""
    given = _arguments()
    given.directory.mkdir(parents=True, exist_ok=True)
    try:
        sockets = open_sockets(given.port)
    except OSError as error:
        sys.exit(f"port {given.port} cannot be had ({error.strerror}): choose another with --port")
    port = sockets[0].getsockname()[1]
    town = build(port, _plan(given))
    _write(town, given.directory)
    house = House(town.sites, Book(given.directory / "requests.jsonl"))
    sys.stdout.write(f"{len(town.sites)} hosts, described in {given.directory}, on port {port}\n")
    sys.stdout.flush()
    with suppress(asyncio.CancelledError, KeyboardInterrupt):
        asyncio.run(_until_told(house, sockets))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web", description=(__doc__ or "").partition("\n")[0])
    usual = Plan()
    parser.add_argument(
        "--hosts", type=int, help="about so many publishers and slow hosts, beside some 160 of every other kind"
    )
    parser.add_argument("--publishers", type=int, default=usual.press.publishers, help="hosts with feeds")
    parser.add_argument("--feeds", type=int, default=usual.press.feeds)
    parser.add_argument("--entries", type=int, default=usual.press.entries, help="stories in each feed")
    parser.add_argument("--slow", type=int, default=usual.slow, help="hosts that take their time")
    parser.add_argument("--port", type=int, default=8400, help="0: any that is free")
    parser.add_argument("--directory", type=Path, default=Path(".wireroom/web"), help="for the hosts file and the log")
    return parser.parse_args()


def _plan(given: argparse.Namespace) -> Plan:
    if given.hosts:
        return Plan.of(given.hosts, given.feeds, given.entries)
    return Plan(Size(given.publishers, given.feeds, given.entries), given.slow)


def _write(town: Town, directory: Path) -> None:
    feeds = [feed.url for site in town.press.sites for feed in site.feeds]
    pages = [wanted.url for site in town.sites.values() for wanted in site.wanted]
    (directory / "hosts").write_text(town.land.hosts_file(), "utf-8")
    (directory / "sources.txt").write_text("\n".join(feeds) + "\n", "utf-8")
    (directory / "pages.txt").write_text("\n".join(pages) + "\n", "utf-8")


async def _until_told(house: House, sockets: list[socket.socket]) -> None:
    task = asyncio.ensure_future(serve(house, sockets))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


if __name__ == "__main__":
    main()
