"""Turns a drawing of matplotlib's into SVG for a page: its colours are the page's, light or dark,
its text is text in the page's font, it scales, and it says in words what it shows.

It needs no inline style, which the pages' Content-Security-Policy would refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_DROPPED = {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"}
_REFERENCE = re.compile(r"(?<=#)[\w-]+")
_PIXELS = re.compile(r"([\d.]+)px")

ElementTree.register_namespace("", _SVG)


def page_svg(drawing: str, name: str, title: str, words: str, paints: Mapping[str, str]) -> str:
    """`paints` maps the colours that were drawn with (#rrggbb) to the page's; `name` is unique on
    the page and begins every id; `title` and `words` are what a screen reader says."""
    root = ElementTree.fromstring(drawing)
    _drop(root)
    for element in root.iter():
        _without_style(element, paints)
    _rename(root, name)
    box = root.get("viewBox", "")
    root.attrib.clear()
    about = {"role": "img", "aria-labelledby": f"{name}-title {name}-words", "class": "plot"}
    root.attrib.update({"viewBox": box, **about})
    for place, (tag, text) in enumerate((("title", title), ("desc", words))):
        told = ElementTree.Element(f"{{{_SVG}}}{tag}")
        told.set("id", f"{name}-{'title' if tag == 'title' else 'words'}")
        told.text = text
        root.insert(place, told)
    return ElementTree.tostring(root, encoding="unicode")


def _drop(parent: ElementTree.Element) -> None:
    for child in list(parent):
        if child.tag in _DROPPED:
            parent.remove(child)
        else:
            _drop(child)


def _without_style(element: ElementTree.Element, paints: Mapping[str, str]) -> None:
    """What stood in `style`, as attributes of its own."""
    for key, value in _declared(element.attrib.pop("style", "")):
        if key != "font":
            element.set(key, paints.get(value, value))
        elif size := _PIXELS.search(value):
            element.set("font-size", size[1])


def _declared(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.split(";"):
        key, colon, value = declaration.partition(":")
        if colon:
            yield key.strip(), value.strip()


def _rename(root: ElementTree.Element, name: str) -> None:
    """Ids that nothing refers to go; the others begin with the plot's name."""
    used = {
        found
        for element in root.iter()
        for key in ("clip-path", _LINK)
        for found in _REFERENCE.findall(element.get(key, ""))
    }
    for element in root.iter():
        if (own := element.attrib.pop("id", "")) in used:
            element.set("id", f"{name}-{own}")
        if clip := element.get("clip-path"):
            element.set("clip-path", _REFERENCE.sub(lambda found: f"{name}-{found[0]}", clip))
        if link := element.attrib.pop(_LINK, ""):
            element.set("href", _REFERENCE.sub(lambda found: f"{name}-{found[0]}", link))
