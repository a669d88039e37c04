"""The resources of the service, a module and a router each."""

from typing import Final

from fastapi import APIRouter

from semblante.api.routes import faces, health, jobs, keys, session, system

ROUTERS: Final[tuple[APIRouter, ...]] = (
    faces.router,
    health.router,
    jobs.router,
    keys.router,
    session.router,
    system.router,
)
