"""A crash point kills the process where a test ordered it, once, and is nothing where nobody did."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wireroom.crash import VARIABLE, Point, crash_at, go_on, under_orders
from wireroom.errors import WireroomError
from wireroom.settings import Settings

POINT = Point.STORE_LOCKED
IMPORT = "from wireroom.crash import Point, crash_at"
PASS = f"{IMPORT}\nfor n in range(5): print(n, flush=True); crash_at(Point.STORE_LOCKED)"


def run(code: str, orders: str | None) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != VARIABLE}
    given = env if orders is None else env | {VARIABLE: orders}
    return subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=False)


def test_where_nothing_is_ordered_a_point_is_a_function_that_does_nothing() -> None:
    assert crash_at is go_on
    # Neither a name of the module, nor one of the builtins, nor an attribute: no file and no environment.
    assert go_on.__code__.co_names == ()
    assert under_orders("") is go_on


def test_it_is_decided_once_at_the_import() -> None:
    code = f"import os; {IMPORT}; os.environ[{VARIABLE!r}] = 'nonsense'; print(crash_at.__name__)"
    assert run(code, None).stdout == "go_on\n"


@pytest.mark.parametrize("nth", [1, 3])
def test_the_process_dies_at_the_nth_passing_and_leaves_its_number(tmp_path: Path, nth: int) -> None:
    marker = tmp_path / "marker"
    died = run(f"import os; print(os.getpid(), flush=True)\n{PASS}", f"{POINT}@{nth}={marker}")
    assert died.returncode == -signal.SIGKILL
    pid, *passed = died.stdout.split()
    assert passed == [str(n) for n in range(nth)]
    assert marker.read_text() == pid


def test_nobody_dies_a_second_time_until_the_marker_is_taken_away(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    order = f"{POINT}@1={marker}"
    assert run(PASS, order).returncode == -signal.SIGKILL
    assert run(PASS, order).returncode == 0
    marker.unlink()
    assert run(PASS, order).returncode == -signal.SIGKILL


def test_while_the_marker_is_there_nothing_is_counted(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    marker.touch()
    code = (
        f"from pathlib import Path\n{IMPORT}\n"
        f"for n in range(9):\n  print(n, flush=True)\n  if n == 4: Path({str(marker)!r}).unlink()\n"
        "  crash_at(Point.STORE_LOCKED)"
    )
    died = run(code, f"{POINT}@3={marker}")
    assert (died.returncode, died.stdout.split()[-1]) == (-signal.SIGKILL, "6")


def test_of_many_processes_one_dies(tmp_path: Path) -> None:
    code = (
        f"import os\n{IMPORT}\nchildren = []\n"
        "for _ in range(6):\n"
        "  child = os.fork()\n"
        "  if not child: crash_at(Point.STORE_LOCKED); os._exit(0)\n"
        "  children.append(child)\n"
        "print(*sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))"
    )
    assert run(code, f"{POINT}@1={tmp_path / 'marker'}").stdout.split() == ["-9", "0", "0", "0", "0", "0"]


def test_the_other_points_go_on(tmp_path: Path) -> None:
    assert run(PASS, f"{Point.STORE_RECORDED}@1={tmp_path / 'marker'}").returncode == 0


def test_several_points_are_ordered_with_commas(tmp_path: Path) -> None:
    orders = f"{Point.STORE_RECORDED}@1={tmp_path / 'a'},{POINT}@2={tmp_path / 'b'}"
    assert run(PASS, orders).returncode == -signal.SIGKILL
    assert [marker.name for marker in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ("store.locked", "'store.locked' is no order, as store.locked@2=/tmp/run/store.locked"),
        ("store.locked@0=/tmp/m", "is no order"),
        ("store.locked@1=relative", "is no order"),
        ("store.locked@1=/tmp/m,", "'' is no order"),
        ("store.loked@1=/tmp/m", "there is no point 'store.loked'; crash.py has all of them"),
        ("store.locked@1=/nowhere/m", "there is no directory '/nowhere' for the marker of store.locked"),
        ("store.locked@1=/tmp/m,store.locked@2=/tmp/n", "store.locked is ordered twice"),
    ],
)
def test_a_bad_order_is_one_sentence_at_the_start(orders: str, words: str) -> None:
    with pytest.raises(WireroomError, match=VARIABLE) as found:
        under_orders(orders)
    assert words in str(found.value)
    ended = run("import wireroom.crash", orders)
    assert (ended.returncode, ended.stderr) == (1, f"wireroom: {found.value}\n")


def test_no_setting_leads_to_it() -> None:
    prefix = Settings.model_config["env_prefix"]
    assert prefix and not VARIABLE.startswith(prefix)
    assert VARIABLE.lower() not in Settings.model_fields
