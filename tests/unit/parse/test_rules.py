"""Rules for single sites."""

from __future__ import annotations

from pathlib import Path

import pytest

from wireroom.contracts import ParsedArticle
from wireroom.errors import Unusable, WireroomError
from wireroom.parse import parse
from wireroom.parse.rules import NO_RULES, Rules, read_rules

FOLDER = Path(__file__).parents[2] / "rules"
PAGE = (FOLDER / "saltmarsh.example.html").read_bytes()
RULES = read_rules(FOLDER)


def read(url: str, rules: Rules = RULES) -> ParsedArticle | None:
    try:
        return parse(PAGE, url, "text/html", rules)
    except Unusable:
        return None


def test_a_rule_is_for_its_domain_and_those_below() -> None:
    for host in ("saltmarsh.example", "www.saltmarsh.example", "m.old.saltmarsh.example", "WWW.Saltmarsh.example:8080"):
        assert RULES.of(f"https://{host}/leaf") is not None, host
    for url in ("https://notsaltmarsh.example/leaf", "https://example/leaf", "https://[bad", "", None):
        assert RULES.of(url) is None, url


def test_what_it_finds_goes_before_all_else_and_says_so() -> None:
    article = read("https://saltmarsh.example/leaf/212")
    assert article is not None
    by_rule = ("title", "subtitle", "authors", "published", "body")
    assert {field: article.origins[field] for field in by_rule} == dict.fromkeys(by_rule, "rule")
    assert article.parser == "html/2+saltmarsh.example"
    assert article.published is not None
    assert (article.published.zone, article.published.zone_origin) == ("Europe/Dublin", "source")
    assert [(tail.kind, tail.text) for tail in article.tails] == [
        ("newsletter", "Get the tide by post, every Friday."),
        ("legal", "Printed by the Saltmarsh Press."),
    ]


def test_other_sites_are_read_without_it() -> None:
    url = "https://elsewhere.example/leaf/212"
    assert read(url) == read(url, NO_RULES)
    assert read(url) != read("https://saltmarsh.example/leaf/212")


def test_where_its_selectors_find_nothing_the_page_is_read_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('domain = "lake.example"\nstory = [".gone"]\ntitle = ".gone"\nauthors = ".gone"\n')
    story = "<p>The ferry came in on Friday morning, an hour before it was expected, and was met by a crowd.</p>" * 4
    page = f"<article><h1>The ferry is early</h1>{story}</article>".encode()
    found, plain = (
        parse(page, "https://lake.example/a", "text/html", rules) for rules in (read_rules(tmp_path), NO_RULES)
    )
    assert (found.title, found.blocks, found.origins) == (plain.title, plain.blocks, plain.origins)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", "missing required field `domain`"),
        ('domain = "Lake.example"', "domain: 'Lake.example' is no domain in lower case, as news.example"),
        ('domain = "https://lake.example/"', "is no domain in lower case"),
        ('domain = "lake.example"\nstories = ["p"]', "unknown field `stories`"),
        ('domain = "lake.example"\nstory = ["p["]', "story: 'p[' is no CSS selector"),
        ('domain = "lake.example"\ntitle = "::::"', "title: '::::' is no CSS selector"),
        ('domain = "lake.example"\nzone = "Europe/Lake"', "zone: 'Europe/Lake' is no IANA time zone, as Asia/Karachi"),
        ('domain = "lake.example"\nzone = "../secret"', "is no IANA time zone"),
        ('domain = "lake.example"\n[tails]\nadvert = ["Buy"]', "Invalid enum value 'advert'"),
        ('domain = "lake.example"\n[tails]\nlegal = [""]', "tails.legal: '' is how every line begins"),
        ("domain = lake", "Invalid value"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_told_with_file_and_field(tmp_path: Path, rule: str, said: str) -> None:
    (tmp_path / "lake.toml").write_text(rule)
    with pytest.raises(WireroomError) as error:
        read_rules(tmp_path)
    assert "lake.toml: " in str(error.value) and said in str(error.value)


def test_one_domain_has_one_rule(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text('domain = "lake.example"\n')
    with pytest.raises(WireroomError, match=r"b\.toml: domain: 'lake\.example' has a rule in another file already"):
        read_rules(tmp_path)


def test_a_folder_that_is_not_there_is_told() -> None:
    with pytest.raises(WireroomError, match="there is no such folder of rules"):
        read_rules(Path("/nowhere/rules"))
