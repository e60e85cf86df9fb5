"""What a web page is about: its main part, without the site around it. With links that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from knowledge.html_pages import read_html
from knowledge.page import WEB_PAGE, Page, readable_name
from knowledge.unseen import cleaned

_MARK = f"#{WEB_PAGE}"
_AROUND = ("navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu")
_MAIN = re.compile(
    r"(?:main|page|post|entry|article|wiki|doc|documentation|site)?[-_]?(?:content|body|main)|markdown(?:-body)?|prose",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:(?:site|page|global|main|top|bottom|sticky)[-_])?(?:nav(?:bar|igation)?|footer|topbar|masthead|sidebar)|"
    r"bread-?crumbs?(?:[-_]\w+)?|cookie-?(?:s|bar|law|banner|consent|notice|popup)?(?:[-_](?:banner|bar|notice))?|"
    r"onetrust[-\w]*|(?:gdpr|consent)[-_](?:banner|bar|notice)|toc|table-of-contents|on-this-page|"
    r"(?:social|share)[-_]?(?:buttons?|links?|bar|icons?)?|newsletter[-_]?(?:signup|form|box)?|subscribe[-_](?:form|box)|"
    r"pagination|pager|prev-next|next-prev|edit-(?:this-)?page|skip-?(?:link|nav|to-content)s?|related-(?:posts|articles)|"
    r"comments?-(?:area|section|list)|page-feedback|was-this-helpful|advert(?:isement)?|ad-slot|promo(?:-banner)?|"
    r"popup|modal|sr-only|visually-hidden|screen-reader-text|headerlink|anchor-link|print-only",
    re.IGNORECASE,
)
"""Classes and ids of what stands beside the text on the pages of many makers."""

_STAYS = (
    "html",
    "body",
    "main",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "tr",
    "td",
    "p",
    "pre",
    "code",
)
_SITE_NAME = re.compile(r"\s+[|\N{EN DASH}\N{EM DASH}\N{MIDDLE DOT}»-]\s+")


def name_for(url: str) -> str:
    """The name under which ``page_kinds.parse`` reads the page of this address."""
    return url + _MARK


def parse_web_page(data: bytes, name: str) -> Page:
    """A page of a web site; ``name`` is made by ``name_for``. Raises DocumentUnreadable.

    The title is the only top heading of its main part, else the page's own title without the site's name.
    """
    url = name.removesuffix(_MARK)
    return cleaned(read_html(data, name, lambda soup: _main_part(soup, url), lambda soup: _title(soup, url)))


def _main_part(soup: BeautifulSoup, url: str) -> Tag:
    whole = soup.body or soup
    part = _chosen(whole)
    _strip(part)
    if part is whole:
        for header in [one for one in part.find_all("header") if one.find(["h1", "h2"]) is None]:
            header.decompose()
    base = soup.find("base", href=True)
    _make_absolute(part, urljoin(url, str(base.get("href"))) if isinstance(base, Tag) else url)
    return part


def _chosen(whole: Tag) -> Tag:
    """The part that says it is the main one; the whole when none does."""
    marked: tuple[Sequence[Tag], ...] = (
        [*whole.find_all("main"), *whole.find_all(_has_main_role)],
        whole.find_all("article"),
        [one for one in whole.find_all(["div", "section"]) if any(map(_MAIN.fullmatch, _names(one)))],
    )
    for found in marked:
        longest = max(found[:_MOST_MARKS], key=_length, default=None)
        if longest is not None and _length(longest) >= _ENOUGH * _length(whole):
            return longest
    return whole


def _has_main_role(tag: Tag) -> bool:
    return str(tag.get("role") or "").lower() == "main"


_ENOUGH = 0.2
"""The share of the page's text that its main part has at least; below, the mark stands on something else."""


_MOST_MARKS = 300
"""Marks that are looked at: measuring what stands below each of ten thousand would take minutes."""


def _strip(part: Tag) -> None:
    """Take out what stands beside the text. What holds most of the text is not beside it, whatever it is called."""
    most = _length(part) / 2
    for tag in [one for one in part.find_all(True) if _is_beside(one)][:_MOST_MARKS]:
        if not tag.decomposed and _length(tag) <= most:
            tag.decompose()


def _is_beside(tag: Tag) -> bool:
    if tag.name in _STAYS:
        return False
    return str(tag.get("role") or "").lower() in _AROUND or any(map(_FURNITURE.fullmatch, _names(tag)))


def _names(tag: Tag) -> Iterable[str]:
    classes = tag.get("class") or ()
    yield from classes if not isinstance(classes, str) else classes.split()
    if tag.get("id") and tag.name in ("div", "aside", "ul", "form"):  # an id elsewhere may be a topic: "cookies"
        yield str(tag.get("id"))


def _length(tag: Tag) -> int:
    return len(tag.get_text())


def _make_absolute(part: Tag, base: str) -> None:
    for link in part.find_all("a", href=True):
        href = str(link["href"]).strip()
        try:
            link["href"] = urljoin(base, href)
        except ValueError:
            del link["href"]


def _title(soup: BeautifulSoup, url: str) -> str:
    heads = (soup.find("main") or soup).find_all("h1")
    if len(heads) == 1 and (words := _words(heads[0])):
        return words
    if soup.title is not None and (words := _words(soup.title)):
        return _SITE_NAME.split(words)[0] or words
    if heads and (words := _words(heads[0])):
        return words
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return readable_name(last) if last else parts.netloc


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text().replace("¶", " ").split())
