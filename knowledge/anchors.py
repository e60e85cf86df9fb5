"""Names of headings inside a page, as GitHub and Hugo make them."""

from __future__ import annotations

import re


class Anchors:
    """Hands out the anchors of one page; a repeated heading gets -1, -2 and so on."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def take(self, text: str, own: str | None = None) -> str:
        """The anchor for a heading with this visible text, or the one its author chose."""
        if own:
            self._used.setdefault(own, 0)
            return own
        slug = re.sub(r"[^\w\- ]", "", text.strip().casefold()).replace(" ", "-")
        anchor = slug
        while anchor in self._used:
            self._used[slug] += 1
            anchor = f"{slug}-{self._used[slug]}"
        self._used[anchor] = 0
        return anchor
