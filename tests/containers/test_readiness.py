"""Readiness is not liveness: what cannot work says so and is left alone, until it can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsroom.compose import ROLES, Compose, wait

ASK = "python -IS /ready.py || true"
REFUSAL = "deploy a newer Wireroom"
REFUSING = ("dispatcher", "gateway", "store")


def answers(stack: Compose) -> dict[str, str]:
    """What each role says when asked whether it is ready."""
    return {role: stack("exec", "--no-TTY", role, "sh", "-c", ASK) for role in ROLES}


def wait_for_answers(stack: Compose, said: str) -> None:
    wait(lambda: all(said in answer for answer in answers(stack).values()), lambda: f"{said!r}: {answers(stack)}")


def test_without_postgres_nobody_is_ready_and_nobody_is_restarted(stack: Compose) -> None:
    started = {name: state["State"]["StartedAt"] for name, state in stack.states(*ROLES).items()}
    stack("stop", "postgres")
    wait_for_answers(stack, "does not answer")
    assert (stack.get("/live").status_code, stack.get("/ready").status_code) == (200, 503)
    stack("start", "postgres")
    stack.settle(*ROLES)
    assert {name: state["State"]["StartedAt"] for name, state in stack.states(*ROLES).items()} == started


@pytest.fixture
def future(stack: Compose) -> Iterator[None]:
    """The schema of a Wireroom to come, which does not serve today's."""
    stack.sql("INSERT INTO migrations (number, name, oldest_code) VALUES (9999, '9999_future', 9999)")
    yield
    stack.sql("DELETE FROM migrations WHERE number = 9999")
    # The engine lets who refused wait ever longer between two starts, and `up` gives up on what it finds between two.
    stack("restart", *REFUSING)
    stack.settle(*ROLES)


def test_code_too_old_for_the_schema_is_not_ready_and_refuses_to_start(stack: Compose, future: None) -> None:
    wait_for_answers(stack, REFUSAL)
    stack("restart", *REFUSING)

    def silent() -> list[str]:
        logs = stack("logs", *REFUSING)
        return [role for role in REFUSING if f"wireroom {role}: the database is at migration 9999" not in logs]

    wait(lambda: not silent(), lambda: f"{silent()} to refuse\n{stack('logs', '--tail', '5', *REFUSING)}")
    assert REFUSAL in stack("logs", *REFUSING) and "Traceback" not in stack("logs", *REFUSING)
