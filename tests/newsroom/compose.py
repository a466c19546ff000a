"""A whole Wireroom in containers, as `docker-compose.yml` describes it, to push articles through and to do harm to."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import httpx

from newsroom.line import ROOT, story
from wireroom.tokens import Scope
from wireroom.topology import STAGES

COMMAND_SECONDS = 900.0
"""An image is built in some minutes where nothing of it is there."""
PATIENCE = 90.0
ROLES = ("gateway", "dispatcher", *STAGES)
SERVERS = ("postgres", "redis")
FILES = ("docker-compose.yml", "tests/containers/web.yml")
_OURS = ("WIREROOM_", "POSTGRES_", "COMPOSE_")


def docker(*arguments: str, env: dict[str, str] | None = None, cwd: Path = ROOT, check: bool = True) -> str:
    """What `docker ARGUMENTS` prints; fails with what it says."""
    done = subprocess.run(
        ["docker", *arguments], cwd=cwd, env=env, text=True, capture_output=True, timeout=COMMAND_SECONDS
    )
    assert not check or done.returncode == 0, (
        f"docker {' '.join(arguments)}\n{done.stdout[-4000:]}{done.stderr[-8000:]}"
    )
    return done.stdout


class Compose:
    """One project of docker compose: the containers, network and volume of a Wireroom of the test's own."""

    def __init__(self, project: str, port: int, *, tag: str, tree: Path = ROOT, files: Sequence[str] = FILES) -> None:
        self.project = project
        self.gateway = f"http://127.0.0.1:{port}"
        self.tree = tree
        self._options = ["--project-name", project, *(part for file in files for part in ("--file", file))]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        self.headers: dict[str, str] = {}
        """What every request is sent with: a token, once there is one."""
        self._env = clean | {"WIREROOM_GATEWAY_PORT": str(port), "WIREROOM_TAG": tag, "DOCKER_BUILDKIT": "1"}

    def __call__(self, *arguments: str, check: bool = True) -> str:
        """What `docker compose ARGUMENTS` prints; fails with what it says."""
        return docker("compose", *self._options, *arguments, env=self._env, cwd=self.tree, check=check)

    def up(self, *services: str) -> None:
        """Everything up and ready, three parse workers among it; fails with what the containers say."""
        try:
            self("up", "--wait", "--no-build", "--scale", "parse=3", *services)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self('ps', '--all')}\n{self('logs', '--tail', '10')}") from error
        if not self.headers:
            self.headers = {"Authorization": f"Bearer {self.token('test', *Scope)}"}

    def token(self, name: str, *scopes: str) -> str:
        """A new token, made by the command of docs/deploying.md."""
        given = [part for scope in scopes for part in ("--scope", scope)]
        return self("run", "--rm", "--no-TTY", "cli", "tokens", "create", name, *given).strip()

    def down(self) -> None:
        """Nothing is left of the project, nor of its data."""
        self("down", "--volumes", "--remove-orphans", "--timeout", "5")

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers, running or not."""
        return self("ps", "--all", "--quiet", service).split()

    def states(self, *services: str) -> dict[str, dict[str, Any]]:
        """What the engine knows of each container of these services, by its name."""
        ids = [one for service in services for one in self.containers(service)]
        return {one["Name"].lstrip("/"): one for one in json.loads(docker("inspect", *ids))}

    def restarts(self, *services: str) -> dict[str, int]:
        """How often the engine has started containers of these services again."""
        return {one: sum(state["RestartCount"] for state in self.states(one).values()) for one in services}

    def settle(self, *services: str) -> None:
        """Wait until every container of these services runs and is healthy."""

        def lacking() -> list[str]:
            states = {name: one["State"] for name, one in self.states(*services).items()}
            return [name for name, state in states.items() if state.get("Health", {}).get("Status") != "healthy"]

        wait(lambda: not lacking(), lambda: f"{lacking()} to be healthy\n{self('logs', '--tail', '10')}")

    def offer(self, **article: Any) -> int:
        """Offer an article as a producer does, with a key and until it is accepted; its job id."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answer = httpx.post(
                    f"{self.gateway}/v1/articles", json=article, headers=self.headers, timeout=10, trust_env=False
                )
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500:
                assert answer.status_code == 202, answer.text
                return int(answer.json()["job_id"])
            assert time.monotonic() < until, f"not accepted: {answer.text if answer else 'no answer'}"
            time.sleep(0.2)

    def get(self, path: str) -> httpx.Response:
        """What the gateway answers."""
        return httpx.get(self.gateway + path, headers=self.headers, timeout=10, trust_env=False)

    def ends(self, jobs: Collection[int]) -> dict[int, dict[str, Any]]:
        """Wait until each of the jobs has ended; how, by its id."""
        left, found = set(jobs), dict[int, dict[str, Any]]()

        def ended() -> bool:
            with httpx.Client(base_url=self.gateway, headers=self.headers, timeout=10, trust_env=False) as client:
                for job in sorted(left):
                    view = client.get(f"/v1/jobs/{job}").raise_for_status().json()
                    if view["state"] not in ("stored", "updated", "unchanged", "rejected", "quarantined"):
                        return False
                    found[job] = view
                    left.remove(job)
            return True

        wait(
            ended,
            lambda: f"{len(left)} of {len(jobs)} jobs to end, among them {self.get(f'/v1/jobs/{min(left)}').text}",
        )
        return found

    def reconcile(self) -> dict[str, int]:
        """The sums of a reconcile that finds nothing."""
        said = self("run", "--rm", "--no-TTY", "cli", "reconcile", "--everything", "--json", check=False)
        found = json.loads(said)
        assert found["findings"] == []
        sums: dict[str, int] = found["sums"]
        return sums

    def sql(self, statement: str) -> str:
        """What Postgres answers to a statement, without any headers."""
        return self("exec", "--no-TTY", "postgres", "psql", "-U", "wireroom", "-XAtq", "-c", statement).strip()


def wait(done: Callable[[], bool], what: Callable[[], str]) -> None:
    """Wait for `done()`; fails after some time, and says what was waited for."""
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, f"waited in vain for {what()}"
        time.sleep(0.2)


class Producer:
    """Offers one article after another, from `with` to its end; what is refused for the moment it offers again."""

    PAUSE_SECONDS = 0.02

    def __init__(self, stack: Compose, name: str) -> None:
        self.jobs: list[int] = []
        self._stack = stack
        self._name = name
        self._stopping = Event()
        self._error: BaseException | None = None
        self._thread = Thread(target=self._produce, name=name)

    def __enter__(self) -> Self:
        self._thread.start()
        self.more(50)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def more(self, number: int) -> None:
        """Wait until so many more articles have been accepted."""
        goal = len(self.jobs) + number
        wait(lambda: len(self.jobs) >= goal or self._error is not None, lambda: f"{goal} articles to be accepted")

    def _produce(self) -> None:
        try:
            while not self._stopping.wait(self.PAUSE_SECONDS):
                number = len(self.jobs)
                text = f"{story(number)}\n\nThis was written for {self._name}.\n"
                self.jobs.append(self._stack.offer(producer=self._name, key=str(number), text=text))
        except BaseException as error:  # noqa: BLE001 - it is raised where the block ends
            self._error = error
