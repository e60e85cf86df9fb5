"""Templates into responses. Everything is escaped unless it was made safe by our own Markdown renderer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.curation_web import desk_texts, entry_texts, more_texts, proposal_texts
from bot.curation_web.entrance import BASE
from bot.curation_web.visit import Visit

_HERE = Path(str(files("bot.curation_web")))
TEMPLATES, STATIC = _HERE / "templates", _HERE / "static"

SEE_OTHER = 303


class Shown:
    """Renders pages. ``names`` gives the name of a person's id, ``zone`` is where times are shown."""

    def __init__(self, names: Callable[[str], str], zone: str = "UTC") -> None:
        self._zone = ZoneInfo(zone)
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals.update(
            t=desk_texts, e=entry_texts, p=proposal_texts, m=more_texts, base=BASE, address=address
        )
        self._templates.filters.update(name=names, moment=self._moment, day=_day)

    def page(self, visit: Visit, template: str, status: int = 200, **values: object) -> Response:
        """A page for a curator."""
        said = desk_texts.DONE.get(visit.asked("done"), "")
        about = visit.asked("n")
        values = {"visit": visit, "said": said.format(n=about if about.isdigit() else "") if said else "", **values}
        return self._render(template, status, values)

    def plain(self, title: str, lines: tuple[str, ...], status: int, reference: str = "") -> Response:
        """A page for anybody: what happened and what to do."""
        return self._render("plain.html", status, {"title": title, "lines": lines, "reference": reference})

    def door(self, template: str, **values: object) -> Response:
        """A page on the way in."""
        return self._render(template, 200, values)

    def _render(self, template: str, status: int, values: dict[str, object]) -> Response:
        html = self._templates.get_template(template).render(values)
        return HTMLResponse(html, status, {"Cache-Control": "no-store"})

    def _moment(self, when: datetime) -> str:
        return f"{when.astimezone(self._zone):%d %b %Y, %H:%M}"


def to(path: str) -> Response:
    """On to another page of the desk, after a form has done its work."""
    return RedirectResponse(f"{BASE}{path}", SEE_OTHER)


def address(path: str, **asked: object) -> str:
    """A path with its query."""
    return f"{path}?{urlencode({name: str(value) for name, value in asked.items()})}"


def _day(when: date | datetime | None) -> str:
    if isinstance(when, datetime):
        when = when.astimezone(UTC).date()
    return f"{when:%d %b %Y}" if when else ""
