"""The pages of a report as one page, to send by mail: every link leads to a place in it, and the files to download are in it too."""

import base64
import mimetypes
import re
from collections import Counter
from collections.abc import Mapping

import lxml.html


def one_page(pages: Mapping[str, str], files: Mapping[str, bytes]) -> str:
    """One page that holds all of `pages` (HTML by file name, the first page first) and the `files` to which they link.

    What all pages have (head, the way through the pages, footer) is the first page's. Each page is a section whose anchor is its file name
    without `.html`; an anchor that several pages have gets that of its page before it, but in the article, to which most links lead."""
    trees = {name: lxml.html.document_fromstring(page) for name, page in pages.items()}
    places = _places(trees)
    for name, tree in trees.items():
        for element in tree.iter():
            _lead(element, name, places, files)
    first = next(iter(trees.values()))
    style = first.find("head/style")
    shared = style.text
    main = first.find("body/main")
    holder = lxml.html.Element("main")
    main.getparent().replace(main, holder)
    for name, tree in trees.items():
        own = tree.find("head/style").text
        style.text += "" if own == shared else own.removeprefix(shared.rstrip())
        section = main if tree is first else tree.find("body/main")
        section.tag, section.tail = "section", None
        section.set("aria-labelledby", f"{places[name, '']}-title")
        section.find(".//h1").set("id", f"{places[name, '']}-title")
        holder.append(section)
    for turn in first.xpath("//nav[@class='turn']"):
        turn.drop_tree()
    for link in first.xpath("//nav[@class='pages']//a[@aria-current]"):
        del link.attrib["aria-current"]
    return "<!doctype html>\n" + lxml.html.tostring(first, encoding="unicode")


def _places(trees: Mapping[str, lxml.html.HtmlElement]) -> dict[tuple[str, str], str]:
    """The new anchor for each page and each of its anchors; for a page itself, and for what was its `main`, the anchor is "" or `main`."""
    own = {name: [element.get("id") for element in tree.iter() if element.get("id")] for name, tree in trees.items()}
    stems = {name: name.removesuffix(".html") for name in trees}
    met = Counter([*stems.values(), *(anchor for anchors in own.values() for anchor in anchors)])
    made = {}
    for name, anchors in own.items():
        for anchor in anchors:
            unique = met[anchor] == 1 or (name == "article.html" and anchor not in stems.values())
            made[name, anchor] = anchor if unique else f"{stems[name]}-{anchor}"
        made[name, ""] = made[name, "main"] = stems[name]
    return made


def _lead(element, name: str, places: Mapping[tuple[str, str], str], files: Mapping[str, bytes]) -> None:
    """Give an element its new anchor, and its link the new anchor or the file to which it leads."""
    for attribute in ("id", "aria-describedby"):
        if element.get(attribute):
            element.set(attribute, places[name, element.get(attribute)])
    address = element.get("href")
    if element.tag != "a" or not address or re.match(r"[a-z]+:", address):
        return
    target, _, anchor = address.partition("#")
    if target in files:
        kind = mimetypes.guess_type(target)[0] or "application/octet-stream"
        element.set("href", f"data:{kind};base64,{base64.b64encode(files[target]).decode('ascii')}")
        element.set("download", target)
    else:
        element.set("href", f"#{places[target or name, anchor]}")
