"""Settings that cannot be are refused by name, with the fix."""

from __future__ import annotations

import pytest

from wireroom.errors import WireroomError
from wireroom.settings import settings


@pytest.mark.parametrize(
    "agent",
    ["", " ", "Wireroom", "Mozilla/5.0", "Wireroom/1 (ours)", "Wireroom/1 (+https://x.example)\r\nX: y"],
)
def test_who_asks_must_say_so_and_whom_to_turn_to(agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_USER_AGENT", agent)
    with pytest.raises(WireroomError, match=r"WIREROOM_USER_AGENT: .*whom to turn to, as Name/1\.0 \(\+https://"):
        settings.__wrapped__()


@pytest.mark.parametrize("agent", ["Ours/2.1 (+https://ours.example/robot)", "our-robot (mail@ours.example)"])
def test_any_name_and_contact_will_do(agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_USER_AGENT", agent)
    assert settings.__wrapped__().user_agent == agent
