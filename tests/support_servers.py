"""ASGI apps on real ports, for tests that talk HTTP: ``with serve(app) as url: ...``."""

from __future__ import annotations

from bot.serving import Served, serve

__all__ = ["Served", "serve"]
