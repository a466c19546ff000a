"""The processes of a whole line on one machine, for `make up`, the demonstration and the tests."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from wireroom.supervisor import Process
from wireroom.topology import STAGES


def crew(env: Mapping[str, str], *, dispatchers: int = 1, gateway: bool = True) -> list[Process]:
    """Dispatcher, workers and gateway, with `env` for their settings."""
    names = {"dispatcher" if n == 0 else f"dispatcher-{n + 1}": "wireroom.dispatcher" for n in range(dispatchers)}
    names |= {stage: f"wireroom.{stage}.worker" for stage in STAGES}
    names |= {"gateway": "wireroom.gateway"} if gateway else {}
    return [Process(name, (sys.executable, "-m", module), env) for name, module in names.items()]
