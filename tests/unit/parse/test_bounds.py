"""What of a page is read, so that no page takes seconds or much memory."""

from __future__ import annotations

import json

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from wireroom.errors import Unusable
from wireroom.parse import body, fallback, outline, parse, plain, states, visible
from wireroom.parse.bounds import LONGEST, MOST_TAGS, readable
from wireroom.parse.elements import attribute, text_of
from wireroom.parse.fallback import read_blocks
from wireroom.parse.furniture import read_furniture
from wireroom.parse.linked_data import linked_claims
from wireroom.parse.metadata import read_metadata
from wireroom.parse.wording import tidy

HEAD = "<html><head><title>Cable car to run on rain</title></head><body><h1>Cable car to run on rain</h1>"
PROSE = "The brakes of the cable car could soon be cooled by rain that falls on its own roof, they said. "
STORY = f"<p>{PROSE}</p>" * 3
LD = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Rain","author":%s}</script>'


def told(page: str) -> str:
    return parse(page.encode(), content_type="text/html").text


@pytest.mark.parametrize("page", ["<p>Rain</p>", "a < b", "<", "<p title='>", "<!-- <p> -->", "<script>1<2</script"])
def test_a_page_of_ordinary_size_is_read_as_it_stands(page: str) -> None:
    assert readable(page) == page


@pytest.mark.parametrize("before", ["<script>%s</script>", "<style>%s</style>", "<!--%s-->"])
def test_scripts_styles_and_comments_are_left_out_where_tags_are_too_many(before: str) -> None:
    assert PROSE.strip() in told(HEAD + before % ("<b>" * 2 * MOST_TAGS) + STORY)


def test_what_stands_behind_too_many_tags_or_characters_is_not_read() -> None:
    many = readable(HEAD + STORY + "<i> </i>" * MOST_TAGS + "<p>Nobody reads so far.</p>")
    long = readable(HEAD + STORY + "<p>" + PROSE * (LONGEST // len(PROSE)) + "<p>Nobody reads so far.</p>")
    assert many.startswith(HEAD + STORY) and many.count("<") == MOST_TAGS
    assert long.startswith(HEAD + STORY) and len(long) == LONGEST


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_picture_that_is_written_into_a_page_does_not_cost_its_story(quote: str) -> None:
    picture = f"<img src={quote}data:image/png;base64,{'iVBO' * (LONGEST // 4)}{quote}>"
    assert PROSE.strip() in told(HEAD + picture + STORY)


def test_data_for_machines_are_read_on_a_page_of_any_size() -> None:
    page = HEAD + f"<script>{'w ' * LONGEST}</script>" + LD % '{"@type":"Person","name":"Rita Alves"}' + STORY
    assert [author.name for author in parse(page.encode(), content_type="text/html").authors] == ["Rita Alves"]


@pytest.mark.parametrize(
    ("page", "cause"),
    [
        ("<nav>" * 7_000, "nested too deep"),
        ("<x-y/>" * 7_000, "nested too deep"),
        ("</div>" * 9_000 + "<div>" * 7_000, "nested too deep"),
        ("<div></b>" * 7_000, "nested too deep"),
        ("<svg><tr>" + "<tr>" * 7_000, "nested too deep"),
        ("<p>" + "".join(f"<b id=a{at}>" for at in range(1_000)) + "</p>" + "<p>x</p>" * 1_000, "never closed"),
        ("<select>" + "<option>x" * 7_000, "options"),
        (f"<p {' '.join(f'a{at}' for at in range(600))}>", "an element of the page has more than 500 attributes"),
        (f"<p title='>' {' '.join(f'a{at}' for at in range(600))}>", "has more than 500 attributes"),
        (f'<p title=">" {" ".join(f"a{at}" for at in range(600))}>', "has more than 500 attributes"),
        (f"</p {' '.join(f'a{at}' for at in range(600))}>", "has more than 500 attributes"),
        (f"<script {' '.join(f'a{at}' for at in range(600))}></script>", "has more than 500 attributes"),
        (f"<script {' '.join(f'a{at}' for at in range(400))}></script>" * 1_500, "more than 500,000 attributes"),
        ("".join(f"<body a{at}>" for at in range(5_000)), "begins again"),
        ("".join(f"<HTML a{at}>" for at in range(5_000)), "begins again"),
        ("<!-->" + "<nav>" * 7_000, "nested too deep"),
        (f"<p {' '.join(f'a{at}' for at in range(400))}>" * 1_500, "more than 500,000 attributes"),
    ],
)
def test_a_page_whose_tree_would_cost_too_much_is_refused(page: str, cause: str) -> None:
    with pytest.raises(Unusable, match=cause) as refused:
        readable(HEAD + page + STORY)
    assert refused.value.reason == "malformed"


@pytest.mark.parametrize("tags", [f"<q {' '.join(f'a{at}' for at in range(600))}>", "<q>" * 7_000])
@pytest.mark.parametrize(
    "page",
    ["<title><!--</title>%s", "<textarea><script></textarea>%s", "<title><i class='</title>%s'>"],
)
def test_what_looks_hidden_from_readers_is_no_tag_to_a_parser_that_knows_better(page: str, tags: str) -> None:
    assert not LexborHTMLParser(readable("<body>" + page % tags)).css("q")


def test_data_for_machines_say_the_same_where_they_hold_what_looks_like_a_costly_tag() -> None:
    body = f"{PROSE}<q {' '.join(f'a{at}' for at in range(600))}"
    (script,) = LexborHTMLParser(readable(HEAD + LD % f'"{body}"' + STORY)).css("script")
    assert "<q" not in script.text() and json.loads(script.text())["author"] == body


@pytest.mark.parametrize(
    "page",
    [
        "<svg>" + "<path d='M0 0' />" * 9_000 + "</svg>",
        "<ul>" + "<li><p><a href=x>Rain" * 3_000 + "</ul>",
        "<table>" + "<tr><td>1<td>2" * 3_000 + "</table>",
        "<div><span><i>Rain</div>" * 2_500,
        "<p><b>Rain</b> and <em>snow</em></p>" * 3_000,
        "<script>document.write('" + "<div>" * 8_000 + "')</script>",
        "<!-->" + "<p>Rain</p>" * 4_000,
    ],
)
def test_what_people_leave_open_is_no_depth(page: str) -> None:
    assert readable(HEAD + page + STORY)


def test_of_endless_text_the_beginning_is_read() -> None:
    endless = PROSE * (2 * outline.MOST_LETTERS // len(PROSE))
    assert outline.MOST_LETTERS // 2 < len(told(HEAD + "<p>" + endless)) <= outline.MOST_LETTERS
    assert len(parse(f"Cable car\n{endless}".encode(), content_type="text/plain").text) <= plain.MOST_LETTERS


def test_of_countless_lines_of_text_the_first_are_read() -> None:
    told = parse(("Cable car\n" + "Rain fell.\n" * 2 * plain.MOST_LINES).encode(), content_type="text/plain")
    assert plain.MOST_LINES - 10 < len(told.blocks) < plain.MOST_LINES


def test_no_second_opinion_is_asked_on_boxes_in_boxes_that_all_hold_the_same_text() -> None:
    few, many = (LexborHTMLParser(HEAD + "<div>" * depth + STORY * 30) for depth in (2, 2_000))
    assert body.second_opinion(few, outline.outline(few), {})
    assert not body.second_opinion(many, outline.outline(many), {})


def test_no_second_opinion_is_asked_on_a_very_long_page() -> None:
    assert read_blocks(HEAD + STORY * 30)
    assert not read_blocks(HEAD + STORY * 30 + f"<img src='{'w' * 1_500_000}'>")


def test_no_third_opinion_is_asked_where_it_would_copy_a_long_text_once_for_each_element(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(fallback, "bare_extraction", lambda *_, fast, **__: asked.append(fast))
    for page in (f"{PROSE}<table>" * 100, f"<p>{PROSE}</p>" * 2_000, f"{PROSE}<table>" * 2_000):
        tree = LexborHTMLParser(HEAD + page)
        body.second_opinion(tree, outline.outline(tree), {})
    assert asked == [False, False, True]


def test_of_countless_parts_of_a_state_the_first_are_looked_at() -> None:
    story = f'{{"headline":"Cable car to run on rain","body":["{PROSE * 3}","{PROSE[4:] * 3}"]}}'
    few, many = (f"<script>window.x = [{'[1],' * number}{story}]</script>" for number in (10, 60_000))
    assert states.read_state(few, "Cable car to run on rain")
    assert not states.read_state(many, "Cable car to run on rain")


def test_of_countless_texts_deep_in_a_state_none_is_carried_up_to_its_top() -> None:
    story = f'{{"headline":"Cable car to run on rain","body":["{PROSE * 3}","{PROSE[4:] * 3}"]}}'
    texts = json.dumps({f"k{at}": "Rain" for at in range(20_000)})
    page = f"<script>window.x = [%s,{story}]</script>"
    assert states.read_state(page % texts, "Cable car to run on rain")
    assert not states.read_state(page % ('{"a":' * 90 + texts + "}" * 90), "Cable car to run on rain")


def test_the_beginning_of_what_a_page_says_of_its_story_is_compared_with_its_lines() -> None:
    long = LexborHTMLParser(f"<meta name=description content='{PROSE * 1_000}'>{LD % 1}")
    hints = body.hints_of(read_metadata(long, None)._replace(body=PROSE * 10_000))
    assert (len(hints.description), len(hints.body)) == (body.LONGEST_DESCRIPTION, body.LONGEST_BODY)


NAMES = [f"Rita {chr(65 + at // 26)}{chr(97 + at % 26)}son" for at in range(150)]
PERSONS = [f'{{"@type":"Person","name":"{name}"}}' for name in NAMES]


@pytest.mark.parametrize(
    ("page", "number"),
    [
        (LD % f"[{','.join(PERSONS)}]", 100),
        (LD % f'{{"@type":"Person","name":{json.dumps(NAMES)}}}', 100),
        ("".join(f"<meta name=author content='{name}'>" for name in NAMES), 100),
        ("<i itemprop=headline>Rain</i>" + "".join(f"<i itemprop=author>{name}</i>" for name in NAMES), 20),
    ],
)
def test_of_countless_authors_the_first_are_named(page: str, number: int) -> None:
    assert len(parse((HEAD + page + STORY).encode(), content_type="text/html").authors) == number


def test_of_countless_things_in_the_data_for_machines_the_first_are_looked_at() -> None:
    article = '{"@type":"NewsArticle","headline":"Rain","author":"Rita Alves"}'
    few, many = (["[" + '{"@type":"Thing"},' * number + article + "]"] for number in (10, 20_000))
    assert linked_claims(few, []).authors and not linked_claims(many, []).authors


def test_of_a_part_that_holds_the_whole_page_the_beginning_is_its_text() -> None:
    assert len(text_of(LexborHTMLParser(HEAD + PROSE * 1_000).body)) <= 10_000


def test_no_heading_is_looked_for_among_countless_ones_of_a_lower_order() -> None:
    def page(before: int) -> bytes:
        lower = "<h2>Snow</h2>" * before + "<h2>Cable car to run on rain</h2><p>By Rita Alves</p>"
        return ("<html><head><title>Cable car to run on rain</title></head><body>" + lower + STORY).encode()

    assert parse(page(100), content_type="text/html").authors
    assert parse(page(300), content_type="text/html").origins.get("authors") != "visible"


def test_what_stands_behind_endless_boxes_around_a_headline_is_not_looked_at() -> None:
    def page(boxes: int) -> bytes:
        return (HEAD + f"<div>a{PROSE * 500}" * boxes + "<span class=byline>By Rita Alves</span>" + STORY).encode()

    found = [read_furniture(LexborHTMLParser(page(boxes)).css("h1")[0], "", False).authors for boxes in (2, 60)]
    assert found[0] and not found[1]


def test_of_an_endless_value_the_beginning_is_read() -> None:
    endless = "Rain &amp; snow, " * 50_000
    tree = LexborHTMLParser(f'<meta name=description content="{endless}"><a href="{endless}">Rain</a>')
    assert 1_000 < len(read_metadata(tree, None).description) <= 200_000
    assert 1_000 < len(attribute(tree.css_first("a"), "href")) <= 10_000
    document = json.dumps({"@type": "NewsArticle", "headline": "Rain", "description": endless})
    assert 1_000 < len(linked_claims([document], []).description) <= 20_000


def test_the_address_of_a_link_is_read_once_for_all_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(node: LexborNode | None, name: str) -> str:
        read.append(attribute(node, name))
        return read[-1]

    monkeypatch.setattr(outline, "attribute", noted)
    lines = outline.outline(LexborHTMLParser(f"<a href=/rain>{'Rain<br><br>' * 50}</a>")).lines
    assert {line.href for line in lines} == {"/rain"} and len(lines) == 50
    assert read == ["/rain"]


def test_the_label_around_many_elements_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(node: LexborNode) -> str:
        read.append(str(node.tag))
        return ""

    monkeypatch.setattr(visible, "label", noted)
    visible.swept_time(LexborHTMLParser(f"<section class=story>{'<time>May</time>' * 50}</section>"), False)
    assert read.count("section") == 1 and read.count("time") == 50


def test_what_stands_behind_countless_elements_that_nobody_sees_is_not_looked_at() -> None:
    page = HEAD + "<div class=share></div>%s<span class=byline>By Rita Alves</span>"
    few, many = (page % ("<div class=share></div>" * number) for number in (1_000, 3_000))
    found = [read_furniture(LexborHTMLParser(one).css("h1")[0], "", False).authors for one in (few, many)]
    assert found[0] and not found[1]


def test_of_a_byline_that_holds_the_whole_page_the_beginning_is_read() -> None:
    page = HEAD + f"<div class=byline><i>Rita Alves</i>{' ' * 200_000}<i>Jo Mo</i></div>"
    found = read_furniture(LexborHTMLParser(page).css("h1")[0], "", False)
    assert [author.name for author in found.labelled] == ["Rita Alves"]


def test_a_headline_has_an_end() -> None:
    title = f'<meta property="og:title" content="{"Cable | car - " * 5_000}">'
    assert len(parse((title + STORY).encode(), content_type="text/html").title) <= 1_000


def test_marks_without_end_over_one_letter_are_ordered_piece_by_piece() -> None:
    assert len(tidy("e" + "\u0301\u0327" * 200_000)) > 300_000
    assert tidy("Cafe\u0301 " * 300) == ("Caf\u00e9 " * 300).strip()
