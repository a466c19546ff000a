"""The three ways in which work on an article can fail, and errors meant for a person to read."""

from __future__ import annotations


class WireroomError(Exception):
    """An error whose message tells a user what is wrong and what to do; shown without a traceback."""


class Failure(WireroomError):  # noqa: N818 - it is what happened, and the closed type its kinds share
    """Work on one article failed. Anything a stage raises that is not a `Failure` counts as a *surprise*."""

    status: int | None = None
    """The HTTP status for which it failed, if it was one."""


class Transient(Failure):
    """It may work later: retried with exponential backoff and jitter, or after `retry_after` seconds if given."""

    def __init__(self, cause: str, *, retry_after: float | None = None) -> None:
        super().__init__(cause)
        self.retry_after = retry_after


class Busy(Transient):
    """The host does not answer, or asks to be left in peace: what else is wanted of it has to wait as well."""


class Unusable(Failure):
    """It will never work: the job ends as `rejected` with `reason` (a stable slug) and `cause` (a sentence)."""

    def __init__(self, reason: str, cause: str) -> None:
        super().__init__(cause)
        self.reason = reason
