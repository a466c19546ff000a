"""Every setting of Wireroom: read once from `WIREROOM_*` environment variables, checked at start."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from wireroom.errors import WireroomError

ENV_FILE = Path(".wireroom/env")
"""Written by `wireroom up` while it runs, so that the other commands find it; the environment goes before it."""
_USER_AGENT = re.compile(r"[A-Za-z_-]+(/[!-~]+)? +\([ -~]*(\+https?://|@)[ -~]+\)")


class Settings(BaseSettings):
    """One documented list; `settings()` gives the checked values of this process."""

    model_config = SettingsConfigDict(env_prefix="WIREROOM_", frozen=True, extra="ignore", env_file=ENV_FILE)

    database_url: str = Field("postgresql://wireroom@127.0.0.1:5432/wireroom", description="Postgres, as a libpq URL")
    redis_url: str = Field("redis://127.0.0.1:6379/0", description="Redis or Valkey")
    log_format: Literal["auto", "json", "pretty"] = Field("auto", description="auto: pretty on a terminal, else JSON")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    gateway_host: str = Field("127.0.0.1", description="address the gateway listens on")
    gateway_port: int = Field(8300, ge=1, le=65535)
    tokens: Literal["auto", "required", "off"] = Field(
        "auto", description="auto: the gateway asks for a token, unless it listens on loopback and none was ever made"
    )
    metrics_host: str = Field("127.0.0.1", description="address of the metrics port")
    metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="/metrics, /live and /ready of a dispatcher or worker; 0: none; the gateway has them",
    )
    request_bytes: int = Field(100_000_000, gt=0, description="largest request with many articles, one a line")
    content_bytes: int = Field(20_000_000, gt=0, description="largest article accepted or fetched, decoded")

    concurrency: int = Field(1, ge=1, le=64, description="processes of a parse, enrich or store worker")
    enrichers: str = Field(
        "", description="enrichers that run, comma-separated, as language,dateline; empty: every installed one"
    )
    rules: Path | None = Field(None, description="folder of rules for single sites, one in each *.toml")
    fetch_allow: str = Field(
        "", description="private addresses that may be fetched: comma-separated networks, as 127.0.0.0/8"
    )
    fetch_hosts: Path | None = Field(None, description="hosts file, as /etc/hosts, looked into before DNS is asked")
    fetch_concurrency: int = Field(320, ge=1, le=1024, description="flights an ingest worker fetches at once")
    fetch_seconds: float = Field(60, gt=0, description="total deadline of one fetch")
    host_delay: float = Field(1.0, ge=0, description="least seconds between two requests to one host")
    user_agent: str = Field(
        "Wireroom/0.1 (+https://github.com/wireroom/wireroom)",
        description="who asks, by which name robots.txt calls it, and whom to turn to, as Name/1.0 (+https://example.com)",
    )

    poll_fastest: float = Field(60, ge=1, le=86_400, description="least seconds between two polls of a source")
    poll_slowest: float = Field(86_400, ge=1, le=86_400, description="most seconds between two polls of a source")
    poll_in_flight: int = Field(64, ge=0, description="bound of polls in flight; 0: none are launched")
    fetch_in_flight: int = Field(4096, ge=1, description="bound of articles in flight in the fetch leg")
    process_in_flight: int = Field(256, ge=1, description="bound of articles in flight in the process leg")
    bytes_in_flight: int = Field(32_000_000, ge=1, description="bound of raw bytes in flight in the process leg")
    flight_articles: int = Field(32, ge=1, le=256, description="most articles in one flight")
    flight_bytes: int = Field(4_000_000, ge=1, description="most raw bytes in one flight, unless one article has more")
    lease_scale: float = Field(1.0, gt=0, description="scales every lease; tests make it small")
    retries: int = Field(12, ge=0, description="retries of a transient failure before quarantine")
    surprise_retries: int = Field(2, ge=0, description="retries of an unexpected failure before quarantine")
    retry_seconds: float = Field(5.0, gt=0, description="first backoff; doubles with each failure, with jitter")
    reconcile_seconds: float = Field(300, gt=0, description="seconds between two passes of reconcile by a dispatcher")
    capture_days: int = Field(0, ge=0, description="days for which captured pages are kept; 0: for ever")
    worker_bytes: int = Field(1_500_000_000, gt=0, description="most memory of a process of a parse or enrich worker")
    article_seconds: float = Field(5.0, gt=0, description="longest parse or enrich of one article")

    @field_validator("user_agent")
    @classmethod
    def _tells_who(cls, value: str) -> str:
        if not _USER_AGENT.fullmatch(value):
            raise ValueError("it must say who asks and whom to turn to, as Name/1.0 (+https://example.com/about)")
        return value


@cache
def settings() -> Settings:
    """The settings of this process. Raises `WireroomError` that names the variable and the fix."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "WIREROOM_" + "_".join(str(part) for part in first["loc"]).upper()
        raise WireroomError(f"{name}: {first['msg']} (is {first['input']!r})") from error
