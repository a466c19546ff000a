"""The published gateway lets in whoever has a token that a command made, and nobody else."""

from __future__ import annotations

import httpx

from newsroom.compose import Compose
from wireroom.tokens import Scope


def test_a_token_made_by_a_command_opens_the_gateway_and_nothing_else_does(stack: Compose) -> None:
    url = f"{stack.gateway}/v1/quarantine"
    answer = httpx.get(url, trust_env=False)
    assert (answer.status_code, answer.json()["reason"]) == (401, "no_token")
    reader = stack.token("reader", Scope.read)
    headers = {"Authorization": f"Bearer {reader}"}
    assert httpx.get(url, headers=headers, trust_env=False).status_code == 200
    assert httpx.post(f"{stack.gateway}/v1/jobs/1/cancel", headers=headers, trust_env=False).status_code == 403
    assert reader[16:] not in stack("logs")
