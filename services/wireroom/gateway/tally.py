"""What the gateway counts of offers, whichever way they came."""

from __future__ import annotations

from collections.abc import Sequence

from wireroom.gateway.problems import Problem
from wireroom.ledger.accept import Accepted
from wireroom.ledger.offer import Offer, Refused
from wireroom.metrics import ACCEPTED, DUPLICATES, REFUSED, Via


def tally(via: Via, read: Sequence[Offer | Refused | Problem], answers: Sequence[Accepted | Refused | Problem]) -> None:
    """Count offers, as they were read, by what they were answered."""
    for offer, answer in zip(read, answers, strict=True):
        if not isinstance(answer, Accepted):
            refuse(via, answer)
        elif isinstance(offer, Offer) and answer.new:
            ACCEPTED.labels(via, offer.job.lane).inc()
        else:
            DUPLICATES.labels(via).inc()


def refuse(via: Via, answer: Refused | Problem) -> None:
    """Count an offer that was not accepted, or a whole request with nobody knows how many."""
    REFUSED.labels(via, answer.reason or "other").inc()
