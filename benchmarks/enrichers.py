"""The enrichers of a Celery chain's worker, loaded before it forks."""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import signals

from wireroom.enrich import stage
from wireroom.enrich.enricher import Enricher
from wireroom.settings import settings


@cache
def enrichers() -> tuple[Enricher, ...]:
    """Those that the settings ask for."""
    return stage.load_enrichers(settings().enrichers)


def warm(**_: Any) -> None:
    """Load what the processes share before they fork."""
    stage.warm(enrichers())


signals.worker_init.connect(warm)
