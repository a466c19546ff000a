"""What both clients say to httpx, and what they make of its answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import httpx

from wireroom.client.talk import Broken, Reply, Request
from wireroom.errors import WireroomError

DEFAULT_URL = "http://127.0.0.1:8300"
TOKEN_VARIABLE = "WIREROOM_TOKEN"  # noqa: S105 - its name
BROKEN = (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError, httpx.ProxyError)
"""What httpx raises where the same request may well succeed in a moment."""
_CONNECT_SECONDS = 5.0


def options(url: str, token: str | None, headers: Mapping[str, str] | None) -> dict[str, Any]:
    """For making a client, with the token of the environment if none is given.

    Raises `WireroomError` where `url` is none, or no header can hold the token.
    """
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise WireroomError(f"the address of Wireroom is no URL: {error}") from error
    if base.scheme not in ("http", "https") or not base.host:
        raise WireroomError(f"the address of Wireroom must look like {DEFAULT_URL}, not {_shown(base)}")
    return {"base_url": base, "headers": _bearing(token) | dict(headers or {}), "trust_env": False}


def _bearing(token: str | None) -> dict[str, str]:
    token = (os.environ.get(TOKEN_VARIABLE) if token is None else token) or ""
    if not (token.isascii() and token.isprintable()) or " " in token:
        # What it is must not be shown, not even where it is wrong.
        raise WireroomError(f"the token (token=, {TOKEN_VARIABLE}) is none: it must look like wr_ID_SECRET")
    return {"Authorization": f"Bearer {token}"} if token else {}


def request(asked: Request, seconds: float) -> dict[str, Any]:
    """For sending a request whose answer may take `seconds`, and what it says itself."""
    timeout = httpx.Timeout(seconds + asked.seconds, connect=min(seconds, _CONNECT_SECONDS))
    headers = {"content-type": asked.content_type} if asked.content_type else {}
    return {
        "method": asked.method, "url": asked.path, "params": asked.params, "content": asked.content,
        "headers": headers, "timeout": timeout,
    }  # fmt: skip


def reply(response: httpx.Response) -> Reply:
    """The answer, as a talk wants it."""
    after = response.headers.get("retry-after", "")
    return Reply(response.status_code, response.content, float(after) if after.isdecimal() else None)


def broken(base: httpx.URL, error: httpx.HTTPError) -> Broken:
    """The failure, as a talk wants it."""
    return Broken(f"{_shown(base)} does not answer: {error or type(error).__name__}")


def _shown(url: httpx.URL) -> str:
    """Without a password."""
    return str(url.copy_with(userinfo=b"", query=None))
