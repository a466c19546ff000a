"""What may go wrong between a producer and Wireroom."""

from __future__ import annotations

from wireroom.errors import WireroomError


class WireroomUnavailable(WireroomError):  # noqa: N818 - it is a state, not a mistake
    """No answer, or only "not now", as long as patience lasted; what was being sent may or may not be accepted.

    Repeating it with the same keys is safe. `retry_after` is what Wireroom asked for last, in seconds.
    """

    def __init__(self, cause: str, *, retry_after: float | None = None) -> None:
        super().__init__(cause)
        self.retry_after = retry_after


class Problem(WireroomError):  # noqa: N818 - the word of RFC 9457
    """Wireroom answered that it cannot be done; repeating it changes nothing.

    `status` is HTTP's, `detail` a sentence for a person, `reason` a stable slug, `field` what is wrong in the request.
    """

    def __init__(self, status: int, detail: str, *, field: str | None = None, reason: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.field, self.reason) if part)
        return f"{self.detail} ({self.status}{': ' if where else ''}{where})"


class NotAllowed(Problem):
    """The token is missing, not known (401), or not good for this (403): another one may be."""


class ArticleRefused(Problem):
    """The article cannot be accepted as it is."""


class NotFound(Problem):
    """There is no such job, article or submission."""


class HasEnded(Problem):
    """It is too late to cancel: the job has ended, with `outcome`."""

    def __init__(self, status: int, detail: str, *, reason: str | None = None, outcome: str | None = None) -> None:
        super().__init__(status, detail, reason=reason)
        self.outcome = outcome
