"""What a page's own scripts say of its article: the last to be asked, for they speak of other stories too."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from wireroom.parse.claims import Claims

_PUBLISHED = re.compile(
    r"""(?:date_?published|publish(?:ed)?_?date|publication_?date|published_?(?:at|on|time)|pub_?date|"""
    r"""article_published_time|first_?published(?:_?at)?)\\?["']?\s*[:=]\s*\\?["']([^"'\\]{8,40})""",
    re.IGNORECASE,
)
_LONGEST = 200_000


def scripted_claims(tree: LexborHTMLParser) -> Claims:
    """The time of publication that scripts give, where all that give one give the same day."""
    texts = (node.text(deep=True)[:_LONGEST] for node in tree.css("script:not([src]):not([type*=ld])"))
    # All that is looked for has these letters, and most scripts do not.
    values = [match[1] for text in texts if "pub" in text.lower() for match in _PUBLISHED.finditer(text)]
    days = {re.sub(r"\D", "", value)[:8] for value in values}
    return Claims("script", published=values[0] if len(days) == 1 else "")
