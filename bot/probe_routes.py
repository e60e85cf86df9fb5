"""GET /healthz, /readyz and /metrics. None of them shows a text, an id of anybody or a secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.probes import Probe, Probes

Page = Callable[[], tuple[bytes, str] | None]
"""Figures and their content type; None where nothing is counted."""

_OK, _NOT_NOW = 200, 503


def probe_routes(probes: Probes, page: Page) -> list[Route]:
    """The endpoints of one desk. What takes a while runs beside the event loop, which must go on acknowledging."""

    async def healthz(_request: Request) -> Response:
        alive = probes.alive()
        return PlainTextResponse(alive.detail, _OK if alive.ok else _NOT_NOW)

    async def readyz(_request: Request) -> Response:
        found = await run_in_threadpool(probes.ready)
        ready = all(probe.ok for probe in found.values() if probe.required)
        return JSONResponse({"ready": ready, **{n: _shown(p) for n, p in found.items()}}, _OK if ready else _NOT_NOW)

    async def metrics(_request: Request) -> Response:
        shown = await run_in_threadpool(page)
        if shown is None:
            return PlainTextResponse("Nothing is counted here.", status_code=404)
        return Response(shown[0], media_type=shown[1])

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def _shown(probe: Probe) -> dict[str, object]:
    shown = asdict(probe)
    return {**{name: shown[name] for name in ("ok", "required", "detail")}, **shown["facts"]}
