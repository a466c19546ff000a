"""The library stands alone, and knows every field there is."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from wireroom.client import ArticleJob, AsyncClient, Client, Fields
from wireroom.client.http import options
from wireroom.errors import WireroomError

ALLOWED = ("wireroom.client", "wireroom.contracts", "wireroom.errors")
SERVERS = {"celery", "kombu", "psycopg", "pydantic", "redis", "starlette", "structlog", "uvicorn"}


def test_it_needs_nothing_of_the_servers() -> None:
    code = "import sys, wireroom.client; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    ours = {name for name in loaded if name.startswith("wireroom.")}
    assert {name for name in ours if not name.startswith(ALLOWED)} == set()
    assert loaded & SERVERS == set()


def test_every_field_of_a_job_can_be_a_keyword() -> None:
    assert tuple(Fields.__annotations__) == ArticleJob.__struct_fields__


def test_both_clients_have_the_same_methods() -> None:
    def methods(kind: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(method).parameters)
            for name, method in vars(kind).items()
            if inspect.isfunction(method) and not name.startswith("_")
        }

    waited = methods(AsyncClient)
    assert methods(Client) | {"aclose": ["self"]} == waited | {"close": ["self"]}


@pytest.mark.parametrize("url", ["127.0.0.1:8300", "ftp://127.0.0.1", "http://", "http://[::1", ""])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(WireroomError, match="the address of Wireroom"):
        options(url, None, None)


def test_a_password_in_the_address_is_not_shown() -> None:
    with pytest.raises(WireroomError) as error:
        options("ftp://ada:secret@127.0.0.1", None, None)
    assert "secret" not in str(error.value)
