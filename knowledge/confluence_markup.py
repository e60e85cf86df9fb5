"""Confluence's storage format as plain HTML: macros become what a reader sees of them.

With ``html_pages`` and ``html_markdown`` a module of BeautifulSoup. Nothing is expanded, included or fetched.
"""

from __future__ import annotations

import html
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, quote_plus

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag

MAX_DEPTH = 200
"""Elements inside elements; pages of real wikis stay below 40."""

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]*)[^<>]*?(?P<closed>/?)>")
_LONE = re.compile(r"<(?!/?[A-Za-z][^<>]*>)")  # opens no tag; a parser would look for its end again and again
_VOID = frozenset({"br", "hr", "img", "col", "wbr", "input", "meta", "link", "area", "base", "embed", "source"})
_PLAIN_TITLE = re.compile(r"[\w .,'()!-]*\w")  # what stands in a `/display/` address as it is
_LEADS: Mapping[str, str] = MappingProxyType({"note": "Note: ", "warning": "Warning: "})
_CODE = frozenset({"code", "noformat", "code-block"})
_UNREAD = frozenset({"html", "html-xhtml", "style", "css", "javascript"})  # programs, not words
_DROPPED = (
    "ac:image",
    "ac:emoticon",
    "ac:placeholder",
    "ac:task-id",
    "ac:task-uuid",
    "ac:adf-attribute",
    "ac:parameter",
)


class TooDeep(ValueError):
    """The elements of a page nest beyond reason."""


@dataclass(frozen=True)
class WikiPlace:
    """Where a page stands: what links to pages by title need. ``base`` is the site's address for people."""

    base: str
    space: str

    def page_url(self, title: str, space: str = "") -> str:
        """Where the page with this title is; Confluence leads on from there."""
        key = quote(space or self.space)
        if _PLAIN_TITLE.fullmatch(title) and title.isascii():
            return f"{self.base}/display/{key}/{quote_plus(title)}"
        return f"{self.base}/pages/viewpage.action?spaceKey={key}&title={quote_plus(title)}"


def storage_as_html(storage: str, place: WikiPlace) -> BeautifulSoup:
    """A page's storage format with plain HTML in place of macros. Raises TooDeep."""
    text = _LONE.sub("&lt;", _without_comments(_without_cdata(storage)))
    _refuse_depth(text)
    with warnings.catch_warnings():  # a page may be one word
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(text, "html.parser")
    for tag in reversed(soup.find_all(_is_special)):  # the inner ones first
        _HANDLERS.get(tag.name, _unwrap)(tag, place)
    return soup


def _without_cdata(storage: str) -> str:
    """CDATA as escaped text: HTML parsers disagree about where it ends."""
    kept, at = [], 0
    while (start := storage.find("<![CDATA[", at)) >= 0:
        end = storage.find("]]>", start)
        inside = storage[start + 9 : end if end >= 0 else len(storage)]
        kept += [storage[at:start], html.escape(inside, quote=False)]
        at = end + 3 if end >= 0 else len(storage)
    return "".join([*kept, storage[at:]])


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join([*kept, text[at:]])


def _refuse_depth(text: str) -> None:
    """Before anything is parsed: what comes later is quadratic in the depth."""
    depth = 0
    for match in _TAG.finditer(text):
        if match["closed"] or match["name"].casefold() in _VOID:
            continue
        depth = max(0, depth - 1) if match["end"] else depth + 1
        if depth > MAX_DEPTH:
            raise TooDeep


def _is_special(tag: Tag) -> bool:
    return tag.name.startswith(("ac:", "ri:", "at:")) or tag.name == "time"


def _unwrap(tag: Tag, _place: WikiPlace) -> None:
    """What it stands around stays. Bodies and targets are left to the macro or link they belong to."""
    if not tag.name.startswith("ri:") and tag.name not in _BODIES:
        tag.unwrap()


def _drop(tag: Tag, _place: WikiPlace) -> None:
    if tag.name != "ac:parameter" or not _is_macro(tag.parent):
        tag.decompose()


def _is_macro(tag: Tag | None) -> bool:
    return tag is not None and tag.name in ("ac:structured-macro", "ac:macro")


def _date(tag: Tag, _place: WikiPlace) -> None:
    if tag.get("datetime"):
        tag.replace_with(str(tag["datetime"]))


def _task_list(tag: Tag, _place: WikiPlace) -> None:
    tag.name = "ul"


def _task(tag: Tag, _place: WikiPlace) -> None:
    status = _child(tag, "ac:task-status")
    done = status is not None and status.get_text().strip() == "complete"
    body = _child(tag, "ac:task-body")
    item = body.extract() if body is not None else tag
    item.name = "li"
    item.attrs = {}
    item.insert(0, "[x] " if done else "[ ] ")
    if item is not tag:
        tag.replace_with(item)


def _adf(tag: Tag, _place: WikiPlace) -> None:
    """A piece of the new editor: its content, else what old readers are shown instead."""
    content = tag.find("ac:adf-content") or tag.find("ac:adf-fallback")
    _leave(tag, content if isinstance(content, Tag) else None)


def _link(tag: Tag, place: WikiPlace) -> None:
    body = _child(tag, "ac:link-body", "ac:plain-text-link-body")
    target = next((child for child in tag.find_all(True, recursive=False) if child.name.startswith("ri:")), None)
    title = str(target.get("ri:content-title") or target.get("ri:filename") or "") if target is not None else ""
    text = " ".join(body.get_text().split()) if body is not None else ""
    text = text or title or (str(tag.get("ac:anchor") or ""))
    href = _address(target, title, place)
    if not text or not href:
        tag.replace_with(text)
        return
    tag.name, tag.attrs = "a", {"href": href}
    tag.clear()
    tag.append(text)


def _address(target: Tag | None, title: str, place: WikiPlace) -> str:
    if target is None:
        return ""
    space = str(target.get("ri:space-key") or "")
    if target.name == "ri:page" and title:
        return place.page_url(title, space)
    if target.name == "ri:space" and space:
        return f"{place.base}/display/{quote(space)}"
    return ""


def _macro(tag: Tag, _place: WikiPlace) -> None:
    name = str(tag.get("ac:name") or "").casefold()
    settings = _parameters(tag)
    if name in _UNREAD or settings.get("hidden") == "true":
        tag.decompose()
    elif name == "status":
        tag.replace_with(settings.get("title", ""))
    elif name == "jira":
        tag.replace_with(settings.get("key", ""))
    elif (plain := _child(tag, "ac:plain-text-body")) is not None:
        _code(tag, plain, settings.get("title", "") if name in _CODE else "")
    else:
        _box(tag, _LEADS.get(name, ""), settings.get("title", ""))


def _code(tag: Tag, plain: Tag, title: str) -> None:
    words = plain.get_text()
    plain.clear()
    plain.name, plain.attrs = "pre", {}
    plain.append(words)
    _leave(tag, plain, title)


def _box(tag: Tag, lead: str, title: str) -> None:
    """A panel, an expand or an unknown macro: its title in bold, and what is in it."""
    body = _child(tag, "ac:rich-text-body")
    if body is not None and lead and not title:
        first = body.find(True)
        inside = first if isinstance(first, Tag) and first.name == "p" else body
        inside.insert(0, _bold(lead))
        lead = ""
    _leave(tag, body, lead + title if body is not None else "")


def _leave(tag: Tag, body: Tag | None, title: str = "") -> None:
    """Of an element only its body stays, below a title."""
    if body is None:
        tag.decompose()
        return
    if body.name != "pre":
        body.name, body.attrs = "div", {}
    body.extract()
    tag.clear()
    tag.name, tag.attrs = "div", {}
    if title:
        head = Tag(name="p")
        head.append(_bold(title))
        tag.append(head)
    tag.append(body)


def _bold(text: str) -> Tag:
    tag = Tag(name="strong")
    tag.append(text)
    return tag


def _child(tag: Tag, *names: str) -> Tag | None:
    found = tag.find(list(names), recursive=False)
    return found if isinstance(found, Tag) else None


def _parameters(tag: Tag) -> dict[str, str]:
    found = tag.find_all("ac:parameter", recursive=False)
    return {str(one.get("ac:name") or "").casefold(): " ".join(one.get_text().split()) for one in found}


_BODIES = frozenset(
    {
        "ac:rich-text-body",
        "ac:plain-text-body",
        "ac:link-body",
        "ac:plain-text-link-body",
        "ac:task-status",
        "ac:task-body",
        "ac:adf-content",
        "ac:adf-fallback",
    }
)
_Handler = Callable[[Tag, WikiPlace], None]
_HANDLERS: Mapping[str, _Handler] = MappingProxyType(
    {
        "ac:structured-macro": _macro,
        "ac:macro": _macro,
        "ac:link": _link,
        "ac:task-list": _task_list,
        "ac:task": _task,
        "ac:adf-extension": _adf,
        "time": _date,
        **dict.fromkeys(_DROPPED, _drop),
    }
)
