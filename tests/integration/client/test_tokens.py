"""The client sends its token, says clearly where it is not good, and waits where it is too fast."""

from __future__ import annotations

import logging

import pytest

from integration.client.conftest import Connect
from newsroom.api import serving, settings
from newsroom.desk import Desk
from wireroom import tokens
from wireroom.client import Accepted, NotAllowed, Refused, WireroomUnavailable
from wireroom.client.http import TOKEN_VARIABLE, options
from wireroom.embedded import EmbeddedValkey
from wireroom.errors import WireroomError
from wireroom.tokens import Scope, Wish

STORY = "The ferry came into the harbour on Friday morning."


def test_a_token_is_given_or_taken_from_the_environment(
    desk: Desk, database: str, valkey: EmbeddedValkey, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tokens.make(desk.db, Wish("crawler", [Scope.offer], "crawler"), "test")
    with serving(settings(database, valkey)) as api:
        assert connect(api.base_url, token=made).submit(text=STORY).job_id
        monkeypatch.setenv(TOKEN_VARIABLE, made)
        assert connect(api.base_url).submit(text=STORY).duplicate
        with pytest.raises(NotAllowed, match="needs a token"):
            connect(api.base_url, token="").submit(text=STORY)


def test_a_token_that_is_not_good_is_told_at_once_and_not_tried_again(
    desk: Desk, database: str, valkey: EmbeddedValkey, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    made = tokens.make(desk.db, Wish("crawler", [Scope.offer], "crawler"), "test")
    with serving(settings(database, valkey)) as api, caplog.at_level(logging.WARNING, "wireroom.client"):
        wire = connect(api.base_url, token=made)
        with pytest.raises(NotAllowed, match="needs the scope read") as lacking:
            wire.job(1)
        assert (lacking.value.status, lacking.value.reason) == (403, "missing_scope")
        with pytest.raises(NotAllowed, match="as crawler only") as foreign:
            wire.submit(text=STORY, producer="editor")
        assert (foreign.value.field, foreign.value.reason) == ("producer", "other_producer")
        first, second = wire.submit_many([{"text": "One"}, {"text": "Two", "producer": "editor"}])
        assert isinstance(first, Accepted) and isinstance(second, Refused) and second.status == 403
        for call in (connect(api.base_url).job, connect(api.base_url, token=made[:-1] + "!").job):
            with pytest.raises(NotAllowed) as unknown:
                call(1)
            assert unknown.value.status == 401
    assert not [line for line in caplog.messages if "trying again" in line]
    assert made[16:] not in caplog.text


def test_a_client_that_is_too_fast_waits_as_long_as_it_is_asked_to(
    desk: Desk, database: str, valkey: EmbeddedValkey, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    made = tokens.make(desk.db, Wish("crawler", [Scope.offer], rate=5.0, burst=2), "test")
    slow = tokens.make(desk.db, Wish("slow", [Scope.offer], rate=0.001, burst=1), "test")
    with serving(settings(database, valkey)) as api, caplog.at_level(logging.WARNING, "wireroom.client"):
        wire = connect(api.base_url, token=made)
        assert len({wire.submit(text=f"{STORY} {n}").job_id for n in range(4)}) == 4
        assert [line for line in caplog.messages if "wait 1 s" in line and "trying again" in line]
        wire = connect(api.base_url, token=slow)
        wire.submit(text=STORY)
        with pytest.raises(WireroomUnavailable) as told:
            wire.submit(text=STORY)
        assert told.value.retry_after is not None and told.value.retry_after > 900


@pytest.mark.parametrize("token", ["wr_a\nb", "wr_é", "wr_a b"])
def test_a_token_that_no_header_can_hold_is_told_without_showing_it(token: str) -> None:
    with pytest.raises(WireroomError, match=TOKEN_VARIABLE) as told:
        options("http://127.0.0.1:8300", token, None)
    assert token not in str(told.value)
