"""What is supervised stays up, and goes down with its supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsroom.clock import SteadyClock
from wireroom import logs
from wireroom.errors import WireroomError
from wireroom.supervisor import Process, Supervisor, next_delay

SLEEPER = Process("sleeper", ("sleep", "600"))


@pytest.fixture
def supervise(clock: SteadyClock, tmp_path: Path) -> Iterator[Callable[..., Supervisor]]:
    made: list[Supervisor] = []

    def make(*processes: Process) -> Supervisor:
        made.append(Supervisor(processes, tmp_path / "logs", clock=clock))
        made[-1].start()
        return made[-1]

    yield make
    for supervisor in made:
        supervisor.stop(seconds=0)


Supervise = Callable[..., Supervisor]


def script(name: str, text: str) -> Process:
    return Process(name, ("sh", "-c", text))


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def die(supervisor: Supervisor, name: str = "sleeper") -> None:
    supervisor.kill(name, signal.SIGKILL)
    eventually(lambda: name not in supervisor.pids())
    supervisor.watch()


def delay_until_back(supervisor: Supervisor, clock: SteadyClock) -> float:
    """Seconds of the clock, in steps of a half, until the sleeper runs again."""
    begin = clock.now
    while "sleeper" not in supervisor.pids():
        clock.now += 0.5
        supervisor.watch()
    return clock.now - begin


def deaths(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    said: list[dict[str, object]] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [line for line in said if line["event"] == logs.Event.worker_died]


def test_a_process_that_dies_is_started_again(supervise: Supervise, clock: SteadyClock) -> None:
    supervisor = supervise(SLEEPER, Process("other", SLEEPER.argv))
    before = supervisor.pids()
    die(supervisor)
    delay_until_back(supervisor, clock)
    after = supervisor.pids()
    assert after["other"] == before["other"]
    assert after["sleeper"] != before["sleeper"]


def test_each_death_doubles_the_wait_up_to_ten_seconds(supervise: Supervise, clock: SteadyClock) -> None:
    supervisor = supervise(SLEEPER)
    waits = []
    for _ in range(7):
        die(supervisor)
        waits.append(delay_until_back(supervisor, clock))
    assert waits == [0.5, 1, 2, 4, 8, 10, 10]


def test_thirty_seconds_up_forgive_every_death(supervise: Supervise, clock: SteadyClock) -> None:
    supervisor = supervise(SLEEPER)
    for _ in range(3):
        die(supervisor)
        delay_until_back(supervisor, clock)
    clock.now += 30
    die(supervisor)
    assert delay_until_back(supervisor, clock) == 0.5


def test_less_than_thirty_seconds_up_forgive_nothing() -> None:
    assert next_delay(4, up=29.9) == 8


def test_a_death_is_logged_with_its_signal(supervise: Supervise, caplog: pytest.LogCaptureFixture) -> None:
    die(supervise(SLEEPER))
    (line,) = deaths(caplog)
    assert (line["name"], line["signal"], line["again_in"]) == ("sleeper", "SIGKILL", 0.5)


def test_an_exit_is_logged_with_its_code_once(supervise: Supervise, caplog: pytest.LogCaptureFixture) -> None:
    supervisor = supervise(script("short", "exit 3"))
    eventually(lambda: not supervisor.pids())
    supervisor.watch()
    supervisor.watch()
    (line,) = deaths(caplog)
    assert (line["name"], line["exit_code"]) == ("short", 3)


def test_children_of_a_dead_process_do_not_outlive_it(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(script("parent", f"sleep 600 & echo $! > {tmp_path}/child; wait"))
    child = written_pid(tmp_path / "child")
    die(supervisor, "parent")
    eventually(lambda: not alive(child))


def written_pid(path: Path) -> int:
    eventually(lambda: path.exists() and path.read_text().endswith("\n"))
    return int(path.read_text())


def test_a_program_that_is_not_there_stops_the_start(clock: SteadyClock) -> None:
    supervisor = Supervisor([SLEEPER, Process("ghost", ("/nowhere/ghost",))], clock=clock)
    with pytest.raises(WireroomError, match="ghost cannot be started"):
        supervisor.start()
    assert supervisor.pids() == {}


def test_a_program_that_went_away_is_tried_again(
    supervise: Supervise, clock: SteadyClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    program = tmp_path / "program"
    program.symlink_to("/bin/sleep")
    supervisor = supervise(Process("sleeper", (str(program), "600")))
    program.unlink()
    die(supervisor)
    clock.now += 0.5
    supervisor.watch()
    assert "No such file" in str(deaths(caplog)[1]["cause"])
    program.symlink_to("/bin/sleep")
    assert delay_until_back(supervisor, clock) == 1


def test_what_is_stopped_has_been_asked_to_end(supervise: Supervise, tmp_path: Path) -> None:
    polite = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done"
    supervisor = supervise(script("polite", polite))
    log = tmp_path / "logs" / "polite.log"
    eventually(lambda: log.read_text() == "up\n")
    supervisor.stop()
    assert log.read_text() == "up\nbye\n"
    assert supervisor.pids() == {}


def test_what_does_not_end_when_asked_is_killed_with_its_children(supervise: Supervise, tmp_path: Path) -> None:
    deaf = f"trap '' TERM; sleep 600 & echo $! > {tmp_path}/child; while :; do wait; done"
    supervisor = supervise(script("deaf", deaf))
    pids = [supervisor.pids()["deaf"], written_pid(tmp_path / "child")]
    supervisor.stop(seconds=0.1)
    eventually(lambda: not any(map(alive, pids)))


def test_what_is_stopped_stays_so_without_a_word_of_death(
    supervise: Supervise, clock: SteadyClock, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = supervise(SLEEPER)
    supervisor.stop()
    clock.now += 60
    supervisor.watch()
    assert (supervisor.pids(), deaths(caplog)) == ({}, [])


def test_what_is_stopped_can_be_started_again(supervise: Supervise) -> None:
    supervisor = supervise(SLEEPER)
    supervisor.stop()
    supervisor.start()
    assert list(supervisor.pids()) == ["sleeper"]


def test_run_starts_watches_and_stops(clock: SteadyClock) -> None:
    supervisor = Supervisor([SLEEPER], clock=clock)
    seen: list[int] = []

    def until() -> bool:
        seen.extend(supervisor.pids().values())
        supervisor.kill("sleeper", signal.SIGKILL)
        clock.now += 60
        return len(set(seen)) == 2

    supervisor.run(until)
    assert not any(map(alive, seen))


def test_an_interrupted_run_stops_everything(clock: SteadyClock) -> None:
    supervisor = Supervisor([SLEEPER], clock=clock)
    seen: list[int] = []

    def until() -> bool:
        seen.extend(supervisor.pids().values())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        supervisor.run(until)
    assert [alive(pid) for pid in seen] == [False]


def test_a_signal_for_nobody_names_who_is_there(supervise: Supervise) -> None:
    with pytest.raises(WireroomError, match="no process 'ghost', only sleeper"):
        supervise(SLEEPER).kill("ghost", signal.SIGTERM)


def test_each_process_has_a_session_of_its_own_so_ctrl_c_does_not_reach_it(supervise: Supervise) -> None:
    (pid,) = supervise(SLEEPER).pids().values()
    assert os.getsid(pid) == os.getpgid(pid) == pid


def test_output_and_errors_are_appended_to_the_log_of_that_name(supervise: Supervise, tmp_path: Path) -> None:
    log = tmp_path / "logs" / "talker.log"
    log.parent.mkdir()
    log.write_text("before\n")
    supervise(script("talker", "echo out; echo err >&2; sleep 600"))
    eventually(lambda: log.read_text() == "before\nout\nerr\n")


def test_the_environment_is_ours_and_what_the_process_adds(
    supervise: Supervise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INHERITED", "a")
    supervise(Process("env", ("sh", "-c", "echo $INHERITED $ADDED; sleep 600"), {"ADDED": "b"}))
    eventually(lambda: (tmp_path / "logs" / "env.log").read_text() == "a b\n")


DOOMED = """
from wireroom.supervisor import Process, Supervisor
Supervisor([Process("sleeper", ("sh", "-c", "readlink /proc/self/fd/0; exec sleep 600"))]).run(lambda: False)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_processes_read_nothing_and_do_not_outlive_a_killed_supervisor() -> None:
    # The pipe is inherited: it ends when the last of them has.
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", DOOMED], stdin=pipe, stdout=pipe) as doomed:
        assert doomed.stdout is not None
        first = doomed.stdout.readline()
        doomed.kill()
        assert first == b"/dev/null\n"
        assert doomed.communicate(timeout=20)[0] == b""
