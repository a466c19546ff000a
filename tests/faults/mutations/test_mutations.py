"""The suites can fail: with each of these mistakes in the code, the tests that its patch names turn red.

A patch begins with what the mistake is, and a line `Tests:` with what pytest is to run.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from venv import EnvBuilder

import pytest

from newsroom.line import ROOT

PATCHES = sorted(Path(__file__).parent.glob("*.patch"))
PASSED, FAILED = 0, 1
"""What pytest says where tests ran; anything else is no answer."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, and a Python that imports it from there."""
    tree = tmp_path_factory.mktemp("copy") / "wireroom"
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in files.stdout.splitlines():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    EnvBuilder(symlinks=True).create(tree / ".venv")
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(tree / ".venv")}))
    roots = [str(tree / root) for root in ("services", "workers", "infra")]
    # The copy first; then all that is installed here, our own roots among it.
    installed = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})"
    (packages / "copy.pth").write_text("\n".join([*roots, installed]) + "\n")
    return tree


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_a_mistake_turns_them_red(tree: Path, patch: Path) -> None:
    assert run(tree, named_by(patch)) == PASSED
    apply(tree, patch)
    try:
        assert run(tree, named_by(patch)) == FAILED
    finally:
        apply(tree, patch, "--reverse")


def named_by(patch: Path) -> list[str]:
    """What pytest is to run, by its line `Tests:`."""
    found = re.search(r"^Tests: (.+)$", patch.read_text(), re.MULTILINE)
    assert found, f"{patch.name} has no line `Tests:`"
    return shlex.split(found[1])


def apply(tree: Path, patch: Path, *how: str) -> None:
    """Change the copy; a patch that does not fit any more is a failure."""
    argv = ["git", "apply", "--unsafe-paths", f"--directory={tree}", *how, str(patch)]
    ended = subprocess.run(argv, cwd="/", check=False, capture_output=True, text=True)
    assert ended.returncode == 0, f"{patch.name} no longer fits: {ended.stderr}"


def run(tree: Path, arguments: list[str]) -> int:
    """Run tests in the copy; how pytest ended, and in what words."""
    argv = [str(tree / ".venv/bin/python"), "-m", "pytest", "-q", "-x", *arguments]
    ended = subprocess.run(argv, cwd=tree, check=False, capture_output=True, text=True)
    print(ended.stdout[-3000:], ended.stderr[-1000:])
    return ended.returncode
