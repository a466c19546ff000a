"""Databases that last as long as a test needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wireroom.embedded import EmbeddedPostgres


@contextmanager
def database_of(postgres: EmbeddedPostgres, name: str, template: str = "wireroom") -> Iterator[str]:
    """A copy of `template`, which by default is migrated and empty, until the block ends; its URL."""
    postgres.create_database(name, template=template)
    try:
        yield postgres.database_url(name)
    finally:
        postgres.drop_database(name)
