"""The producers' library: offer articles to a Wireroom, ask how far they are, and hear how they ended.

    with Client("http://127.0.0.1:8300", producer="my-program") as wire:
        answer = wire.submit(url="https://example.com/story")

`AsyncClient` has the same methods for asyncio. What everything means is in docs/producers.md.
"""

from wireroom.client.aio import AsyncClient
from wireroom.client.answers import (
    Accepted,
    Answer,
    Article,
    Cancelled,
    JobState,
    Outcome,
    Outcomes,
    Progress,
    Refused,
    Seen,
    Sighting,
    Step,
    SubmissionCancelled,
    Version,
)
from wireroom.client.errors import ArticleRefused, HasEnded, NotAllowed, NotFound, Problem, WireroomUnavailable
from wireroom.client.jobs import Fields, Job
from wireroom.client.sync import Client
from wireroom.contracts import ArticleJob

__all__ = [
    "Accepted",
    "Answer",
    "Article",
    "ArticleJob",
    "ArticleRefused",
    "AsyncClient",
    "Cancelled",
    "Client",
    "Fields",
    "HasEnded",
    "Job",
    "JobState",
    "NotAllowed",
    "NotFound",
    "Outcome",
    "Outcomes",
    "Problem",
    "Progress",
    "Refused",
    "Seen",
    "Sighting",
    "Step",
    "SubmissionCancelled",
    "Version",
    "WireroomUnavailable",
]
