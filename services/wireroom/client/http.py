"""What both clients say to httpx, and what they make of its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from wireroom.client.talk import Broken, Reply, Request
from wireroom.errors import WireroomError

DEFAULT_URL = "http://127.0.0.1:8300"
BROKEN = (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError, httpx.ProxyError)
"""What httpx raises where the same request may well succeed in a moment."""
_CONNECT_SECONDS = 5.0


def options(url: str, headers: Mapping[str, str] | None) -> dict[str, Any]:
    """For making a client; raises `WireroomError` where `url` is none."""
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise WireroomError(f"the address of Wireroom is no URL: {error}") from error
    if base.scheme not in ("http", "https") or not base.host:
        raise WireroomError(f"the address of Wireroom must look like {DEFAULT_URL}, not {_shown(base)}")
    return {"base_url": base, "headers": headers, "trust_env": False}


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
