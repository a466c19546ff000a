"""What addresses of one article differ in, though it says nothing of the article: clicks, sessions, AMP, mobile hosts.

Works on the pieces of a URL in normal form. Why each rule is here, and why others are not:
docs/decisions/0016-addresses-of-one-article.md.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CLICK_PREFIXES = ("utm_", "mtm_", "hsa_")
_LATER_PREFIXES = ("itm_", "g2i_")
# fmt: off
_CLICKS = frozenset(
    # What advertisers, newsletters and social networks add to mark a click. A name that some publisher may use for
    # the article itself (id, ref, cmp, source, pk_*) is not here: a wrong merge is worse than a missed one.
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "igsh", "igshid",
        "twclid", "ttclid", "li_fat_id", "rdt_cid", "epik", "srsltid", "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id",
        "oly_enc_id", "vero_id", "wickedid", "_ga", "_gl", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp",
        "hsctatracking", "_branch_match_id", "__twitter_impression", "guccounter", "guce_referrer",
        "guce_referrer_sig", "xtor", "wt_mc", "wt_zmc", "at_medium", "at_campaign", "at_campaign_type", "at_link_id",
        "at_link_type", "at_link_origin", "at_format", "at_bbc_team", "at_ptr_name", "ns_mchannel", "ns_source",
        "ns_campaign", "ns_linkname", "ns_fee", "pk_campaign", "pk_kwd", "pk_keyword", "pk_source", "pk_medium"
    }
)
_LATER = frozenset(
    # Known since the open web comes in: the identities of an older ledger still have them.
    {
        "_openstat", "action_object_map", "action_ref_map", "action_type_map", "cmpid", "echobox", "fb_action_ids",
        "fb_action_types", "fb_ref", "fb_source", "ftag", "gad_source", "gs_l", "intcmp", "mc_tc", "mibextid",
        "ml_subscriber", "ml_subscriber_hash", "n_cid", "ncid", "os_ehash", "rb_clickid", "s_cid", "tpcc",
        "vero_conv", "wtrid", "xtcr", "xtnp", "xtref", "_guc_consent_skip",
        # AMP viewers.
        "amp_ct", "amp_gsa", "amp_js_v", "amp_latest_update_time", "amp_lite", "amp_r", "amp_tf", "ampshare", "usqp",
        # Sessions.
        "cfid", "cftoken", "jsessionid", "phpsessid"
    }
)
_AMP_SWITCHES = frozenset(
    {
        "outputtype=amp", "output=amp", "mode=amp", "service=amp", "template=ampart", "amp-content=amp",
        "ot=ot.amppagelayout", "marfeeltn=amp", "wpamp", "wpamp="
    }
)
# fmt: on

_SESSION = re.compile(r";jsessionid=[^;/]*", re.IGNORECASE)
_CACHE = re.compile(r"(?:[^.]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)")
_VIEWER = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_CACHED = re.compile(r"/[cv]/(s/)?((?=[^/]*\.)[^/]+/.*)")
_VIEWED = re.compile(r"/amp/(s/)?((?=[^/]*\.)[^/]+/.*)")

_MOBILE = frozenset({"m", "mobile", "touch", "amp"})
_COUNTRY_SUFFIX = re.compile(r"(?:ac|co|com|edu|go|gob|gov|ne|net|or|org)\.[a-z]{2}")
_AMP_FLAGS = frozenset({"amp", "_amp"})
_AMP_ON = frozenset({"", "1", "true", "amp"})
_INDEXES = frozenset({"index.html", "index.htm", "index.php"})
_AMP_FILE = re.compile(r"\.amp(?=(?:\.html)?$)", re.IGNORECASE)
_OF_AN_ARTICLE = re.compile(r"/[^/]+/[^/]|-|_|[0-9]{4}")
"""Folders, several words or a number: what is less may be a section, and `amp` one of its pages."""


class Inside(NamedTuple):
    """The page that an AMP cache or viewer shows."""

    scheme: str
    rest: str
    """Host and path."""


def inside(host: str, path: str) -> Inside | None:
    """What is shown at the address, if it is one of an AMP cache or viewer."""
    pattern = _CACHED if _CACHE.fullmatch(host) else _VIEWED if _VIEWER.fullmatch(host) else None
    found = pattern.fullmatch(path) if pattern else None
    return Inside("https" if found[1] else "http", found[2]) if found else None


def without_session(path: str) -> str:
    """The path without the id of a visitor's session."""
    return _SESSION.sub("", path) if ";" in path else path


def without_marks(query: str) -> str:
    """The query without empty pieces and without what marks a click, a viewer or a session."""
    return "&".join(piece for piece in query.split("&") if piece and not _marks(piece)) if query else ""


def without_former_marks(query: str) -> str:
    """The same as it was before the names in `_LATER` were known."""
    return "&".join(piece for piece in query.split("&") if piece and not _marked_before(_name(piece)))


def family_host(host: str) -> str:
    """The host without a leading `www.`, or that of the ordinary site where it is a mobile or AMP one."""
    host = without_www(host)
    first, _, rest = host.partition(".")
    return rest if first in _MOBILE and "." in rest and not _COUNTRY_SUFFIX.fullmatch(rest) else host


def without_www(host: str) -> str:
    """The host without a leading `www.`, unless nothing but a top level is left."""
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def family_path(path: str) -> str:
    """The path without a name of the folder's own page, without slashes at the end, without what says AMP."""
    path = _AMP_FILE.sub("", _folder(path))
    lower = path.lower()
    if lower.startswith("/amp/") and _OF_AN_ARTICLE.search(path, 4):
        path = path[4:]
    elif lower.endswith("/amp") and _OF_AN_ARTICLE.search(path, 0, len(path) - 4):
        path = _folder(path[:-4])
    return path or "/"


def family_query(query: str) -> str:
    """The query without what says AMP, its names in order; of pieces with one name the order is kept."""
    if not query:
        return ""
    return "&".join(sorted((piece for piece in query.split("&") if not _says_amp(piece)), key=_name))


def _folder(path: str) -> str:
    path = path.rstrip("/")
    folder, _, name = path.rpartition("/")
    return folder.rstrip("/") if name.lower() in _INDEXES else path


def _marks(piece: str) -> bool:
    # Where a page was escaped twice, its links have names such as `amp;utm_source`.
    name = _name(piece).removeprefix("amp;")
    return _marked_before(name) or name in _LATER or name.startswith(_LATER_PREFIXES)


def _marked_before(name: str) -> bool:
    return name in _CLICKS or name.startswith(_CLICK_PREFIXES)


def _says_amp(piece: str) -> bool:
    lower = piece.lower()
    name, _, value = lower.partition("=")
    return (name in _AMP_FLAGS and value in _AMP_ON) or lower in _AMP_SWITCHES


def _name(piece: str) -> str:
    return piece.partition("=")[0].lower()
