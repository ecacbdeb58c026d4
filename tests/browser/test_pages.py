"""The report in a real browser: on a screen, a phone and paper, in the light and in the dark, by keyboard and by touch.

The pages of `nato-russia-2022` are its notebooks as committed. On a made-up article full of markup those notebooks are executed that show most of its
words. Of the other shipped articles the overview and the annotated article are read.
"""

import json
import shutil

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from test_security import PAYLOADS, renamed, text_of

import onrecord
from onrecord import data, report

WORDIEST = ("01", "03", "04")
ARTICLES = [*onrecord.shipped(), "hostile"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
PAPER = 673  # pixels: 178 mm, the width of A4 without its margins
MEDIA = {
    "wide, light": (1280, {"color_scheme": "light"}),
    "wide, dark": (1280, {"color_scheme": "dark"}),
    "phone, light": (390, {"color_scheme": "light"}),
    "phone, dark": (390, {"color_scheme": "dark"}),
    "paper": (PAPER, {"color_scheme": "dark", "media": "print"}),
}
TITLE = "Talks <script>alert(1)</script> & “trade” <b>go</b> on"
TEXT = f"""{TITLE}

Ann <b>Lee</b>, the mayor of Perth, said on Monday that the <script>alert(2)</script> law was a mistake. “We will stay <img src="https://example.org/x.png">,” Ann Lee said.

“That is $x$ and *y* & no more than https://example.org/{"long" * 30},” Bob Ray told reporters in Ottawa. Canada supports the ban on <i>coal</i>, Ray added.

Officials from Norway condemned the “so-called </mark></span> plan” of Russia.
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of an article's report."""
    root, made = tmp_path_factory.mktemp("reports"), {}
    story = root / "hostile.txt"
    story.write_text(TEXT, encoding="utf-8")
    story.with_suffix(".toml").write_text(
        f"title = {json.dumps(TITLE)}\noutlet = {json.dumps('The <i>Post</i>')}\npublished = 2024-05-01\n",
        encoding="utf-8",
    )

    def write(article):
        if article not in made:
            books = []
            if article == "hostile":
                (root / "books").mkdir()
                for path in report.notebooks(data.root() / "notebooks"):
                    if path.name[:2] in WORDIEST:
                        shutil.copy(path, root / "books")
                books = report.execute(str(story), None, root / "executed", source=root / "books")
            elif article == "nato-russia-2022":
                books = report.notebooks(data.root() / "notebooks")
            dossier = onrecord.load(story if article == "hostile" else article)
            made[article] = root / article
            report.write(dossier, books, root / article)
            report.write(dossier, books, root / f"{article}.html", form="html")
        return made[article]

    return write


def axe(page):
    """What axe finds: each rule with the places where it is broken."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options)", AXE)["violations"]
    paper = page.evaluate("matchMedia('print').matches")
    broken = [rule for rule in found if not (paper and rule["id"] == "target-size")]  # nobody taps on paper
    return {rule["id"]: [place["html"][:150] for place in rule["nodes"]] for rule in broken}


def faults(page, path, media):
    """What is wrong with a page: it complains, loads something, scrolls sideways or shuts somebody out."""
    page.faults.clear()
    page.goto(path.as_uri())
    page.emulate_media(**media)
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*page.faults, *([f"{too_wide} pixels too wide"] if too_wide > 0 else []), *axe(page).items()]


@pytest.mark.parametrize("media", MEDIA)
@pytest.mark.parametrize("article", ARTICLES)
def test_pages_are_sound(article, media, written, opened):
    width, shown = MEDIA[media]
    page = opened(width)
    found = {path.name: faults(page, path, shown) for path in sorted(written(article).glob("*.html"))}
    assert len(found) >= 2 and not any(found.values()), {name: what for name, what in found.items() if what}


@pytest.mark.parametrize("media", ["wide, light", "phone, dark", "paper"])
def test_a_report_in_one_file_is_sound(media, written, opened):
    width, shown = MEDIA[media]
    path = written("hostile").with_suffix(".html")
    assert not faults(opened(width), path, shown)


def test_markup_of_the_article_is_text(written, opened):
    page = opened(1280)
    page.goto((written("hostile") / "index.html").as_uri())
    assert page.locator("h1").inner_text() == TITLE
    page.goto((written("hostile") / "article.html").as_uri())
    assert "so-called </mark></span> plan" in page.locator(".text").inner_text()
    assert not page.locator(".text img, .text i, script").count()


# --- by keyboard and by touch ----------------------------------------------------------------------------------------------------

FOCUSED = """() => {
    const e = document.activeElement, card = document.getElementById(e.getAttribute('aria-describedby'));
    const said = card || (e.matches('.actor') ? e : null), nav = document.querySelector('.pages').getBoundingClientRect();
    const name = getComputedStyle(e, '::after'), own = e.getBoundingClientRect(), box = card && card.getBoundingClientRect();
    return {
        id: e.closest('[id]')?.id, tag: e.tagName, css: e.className, told: Boolean(said),
        shown: !said || (card ? box.height > 0 : name.content.includes(e.dataset.who.slice(0, 3))),
        inside: !box || (box.top >= nav.bottom && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth),
        seen: Boolean(e.closest('.pages, .skip')) || own.bottom > nav.bottom && own.top < innerHeight,
    }
}"""
MARKS = ".text :is(mark[tabindex], .pin[tabindex], a.actor)"


@pytest.mark.parametrize("width", [1280, 390])
def test_keyboard_reaches_every_mark_and_shows_what_it_says(width, written, opened):
    page = opened(width)
    page.goto((written("nato-russia-2022") / "article.html").as_uri())
    wanted, reached, wrong = page.locator(MARKS).count(), 0, []
    for _ in range(2000):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        reached += stop["told"]
        wrong += [] if stop["shown"] and stop["inside"] and stop["seen"] else [stop]
        if (stop["id"] or "").startswith("row-"):
            break
    assert not wrong
    assert reached == wanted > 100


def test_a_way_round_the_navigation_comes_first(written, opened):
    page = opened(1280)
    page.goto((written("nato-russia-2022") / "article.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("form", ["folder", "html"])
def test_nothing_of_an_article_runs(form, tmp_path, opened):
    payload = " ".join(PAYLOADS.values())
    story = tmp_path / "=<img src=x onerror=window.__x=1> $1$ {{7*7}}.txt"
    story.write_text(text_of(payload), encoding="utf-8")
    story.with_suffix(".toml").write_text(
        f"title = {json.dumps(payload)}\noutlet = {json.dumps(payload)}\n", encoding="utf-8"
    )
    first = report.write(renamed(onrecord.load(story), payload), [], tmp_path / f"report.{form}", form)
    page, more = opened(1280), []
    page.on("dialog", lambda dialog: more.append(dialog.message) or dialog.dismiss())
    page.on("request", lambda asked: more.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    for path in first.parent.glob("*.html"):
        page.goto(path.as_uri())
        for mark in page.locator(".text mark[tabindex]").all():
            mark.focus()
        assert (
            page.evaluate("window.__x") is None
            and not page.locator("script, [onerror], [onload], [onmouseover]").count()
        )
        assert payload[:60] in page.locator("body").inner_text()
    assert not more and not page.faults


# A place of its own for a finger: Chromium gives a tap to whatever sign or link is near.
TOUCHABLE = """mark => {
    mark.scrollIntoView({block: 'center'});
    const at = (x, y) => document.elementFromPoint(x, y), near = [-20, -10, 0, 10, 20];
    for (const box of mark.getClientRects())
        for (let x = box.left + 2, y = box.top + box.height / 2; x < box.right; x += 3) {
            const round = near.flatMap(dx => near.map(dy => at(x + dx, y + dy)?.closest('a, .pin')));
            if (at(x, y) === mark && round.every(one => !one || one === mark)) return [x, y];
        }
}"""


def test_a_tap_shows_the_card(written, opened):
    page = opened(390, 844, has_touch=True, is_mobile=True)
    page.goto((written("nato-russia-2022") / "article.html").as_uri())
    taken = 0
    for mark in page.locator(".text :is(mark[tabindex], .pin[tabindex])").all():
        place = mark.evaluate(TOUCHABLE)
        if place:
            page.touchscreen.tap(*place)
            card = page.locator(f"[id='{mark.get_attribute('aria-describedby')}']")
            card.wait_for(state="visible", timeout=3000)
            box = card.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
            taken += 1
    assert taken > 20


def test_paper_has_no_cards_and_no_ways_to_click(written, opened):
    page = opened(PAPER, color_scheme="dark")
    page.goto((written("nato-russia-2022") / "article.html").as_uri())
    page.locator(".text mark[tabindex]").first.focus()
    page.emulate_media(media="print")
    assert not [css for css in ("card", "pages", "contents", "turn", "cite") if page.locator(f".{css}:visible").count()]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_high_contrast_keeps_bars_and_cards(written, opened):
    page = opened(1280, forced_colors="active")
    page.goto((written("nato-russia-2022") / "index.html").as_uri())
    colour = "e => getComputedStyle(e).backgroundColor"
    assert page.locator(".bar .fill").first.evaluate(colour) != page.locator("body").evaluate(colour)
    page.goto((written("nato-russia-2022") / "article.html").as_uri())
    page.locator(".text mark[tabindex]").first.focus()
    assert page.locator(".card:visible").first.evaluate("e => getComputedStyle(e).borderTopWidth") != "0px"
