"""The language an article is written in."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from msgspec.structs import replace

from wireroom.contracts import Enrichments, Language, ParsedArticle
from wireroom.enrich.enricher import enricher, opening

READ = 2400
"""Code points looked at: more does not change the answer, and the walk over them is the cost."""
SURE = 0.6
"""Below this probability the page's own declaration is believed instead."""
LONGER_CODES = {
    "ara": "ar", "ary": "ar", "arz": "ar", "ben": "bn", "chi": "zh", "cmn": "zh", "deu": "de", "dut": "nl", "ell": "el",
    "eng": "en", "fas": "fa", "fil": "tl", "fra": "fr", "fre": "fr", "fuv": "ff", "ger": "de", "gre": "el", "gug": "gn",
    "heb": "he", "hin": "hi", "ind": "id", "ita": "it", "iw": "he", "in": "id", "jpn": "ja", "kik": "ki", "kor": "ko",
    "msa": "ms", "nld": "nl", "nob": "nb", "per": "fa", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru",
    "sdh": "ku", "spa": "es", "swa": "sw", "swe": "sv", "tha": "th", "tur": "tr", "ukr": "uk", "urd": "ur", "uzs": "uz",
    "vie": "vi", "wuu": "zh", "yue": "zh", "zho": "zh",
}  # fmt: skip
"""ISO 639-3 (and 639-2, and withdrawn) codes to the ISO 639-1 code of the same written language."""
NO_LANGUAGE = frozenset({"zxx", "und", "mul", "mis"})


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def warm() -> None:
    """Load the model, once per process (0.8 s)."""
    _model()


@enricher("language", "1", warm)
def detect_language(article: ParsedArticle, so_far: Enrichments) -> Enrichments:
    """Set `language`: detected where the detector is sure, else as declared, else the detector's best guess."""
    guess = _detected(f"{article.title[:READ]}\n{opening(article, READ)}"[:READ])
    if guess is not None and guess.confidence >= SURE:
        return replace(so_far, language=guess)
    return replace(so_far, language=_declared(article, guess) or guess)


def _detected(text: str) -> Language | None:
    if not any(map(str.isalpha, text)):
        return None
    code, confidence = _model().classify(text)
    if code in NO_LANGUAGE:
        return None
    return Language(code=_shortest(code), confidence=min(1.0, round(float(confidence), 4)), origin="detected")


def _declared(article: ParsedArticle, guess: Language | None) -> Language | None:
    """The declared language; its confidence is the detector's where both agree, else one half."""
    tag = re.match(r"\s*([a-z]{2,3})(?![a-z0-9])", (article.language_declared or "")[:40].casefold(), re.ASCII)
    if tag is None or tag[1] in NO_LANGUAGE:
        return None
    code = _shortest(tag[1])
    confidence = max(0.5, guess.confidence) if guess is not None and guess.code == code else 0.5
    return Language(code=code, confidence=confidence, origin="declared")


def _shortest(code: str) -> str:
    return LONGER_CODES.get(code, code)
