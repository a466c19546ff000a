"""Articles go through the containers, whatever happens to one of them."""

from __future__ import annotations

from newsroom.compose import ROLES, SERVERS, Compose, Producer, wait
from wireroom.topology import EPOCH_KEY, STAGES

# The child of the init process: what the container is for.
KILL = """
import os, signal
children = open("/proc/1/task/1/children").read().split()
os.kill(int(children[0]), signal.SIGKILL)
"""
IN_TIME = {0, 143}


def check(stack: Compose, producer: Producer, before: dict[str, int]) -> None:
    """Each article of the producer is stored once, and everything is accounted for."""
    assert {end["state"] for end in stack.ends(producer.jobs).values()} == {"stored"}
    assert len(set(producer.jobs)) == len(producer.jobs)
    assert stack.reconcile() == before | {
        "accepted": before["accepted"] + len(producer.jobs),
        "stored": before["stored"] + len(producer.jobs),
    }


def test_a_page_is_fetched_from_the_outer_network_and_stored(stack: Compose) -> None:
    job = stack.offer(url="http://web:8000/tbilisi-chess-park.html", producer="test", key="web")
    end = stack.ends([job])[job]
    assert end["state"] == "stored", end
    assert "Tbilisi" in stack.get(f"/v1/articles/{end['article_id']}").json()["title"]


def test_every_scaled_worker_has_its_share(stack: Compose) -> None:
    before = stack.reconcile()
    with Producer(stack, "scaled") as producer:
        wait(
            lambda: all("flight_started" in stack("logs", "--no-log-prefix", "--index", n, "parse") for n in "123"),
            lambda: "each of three parse workers to start a flight",
        )
    check(stack, producer, before)


def test_whoever_is_killed_at_work_comes_back_and_nothing_is_lost(stack: Compose) -> None:
    killed = ("dispatcher", *STAGES)
    before, restarts = stack.reconcile(), stack.restarts(*killed)
    with Producer(stack, "kill") as producer:
        for role in killed:
            # The one who kills may die of it, as the container ends.
            stack("exec", "--no-TTY", role, "python", "-c", KILL, check=False)
            producer.more(20)
    stack.settle(*killed)
    assert stack.restarts(*killed) == {role: number + 1 for role, number in restarts.items()}
    check(stack, producer, before)


def test_redis_restarted_without_its_data_costs_nothing(stack: Compose) -> None:
    def epoch() -> str:
        return stack("exec", "--no-TTY", "redis", "redis-cli", "get", EPOCH_KEY).strip()

    before, old = stack.reconcile(), epoch()
    with Producer(stack, "redis") as producer:
        stack("restart", "redis")
        producer.more(50)
    check(stack, producer, before)
    assert epoch() not in (old, "")
    stack.settle(*ROLES)


def test_down_under_load_ends_everyone_in_time_and_up_again_loses_and_repeats_nothing(stack: Compose) -> None:
    before, lost = stack.reconcile(), stack.sql("SELECT count(*) FROM attempts WHERE kind = 'lost'")
    with Producer(stack, "down") as producer:
        stack("stop")
        ended = {name: state["State"] for name, state in stack.states(*ROLES, *SERVERS).items()}
        stack("down")
        stack.up()
        producer.more(10)
    assert {name: state["ExitCode"] for name, state in ended.items() if state["ExitCode"] not in IN_TIME} == {}
    check(stack, producer, before)
    assert stack.sql("SELECT count(*) FROM attempts WHERE kind = 'lost'") == lost
