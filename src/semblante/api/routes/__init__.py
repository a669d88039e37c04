"""The resources of the service, a module and a router each."""

from typing import Final

from fastapi import APIRouter

from semblante.api.routes import (
    faces,
    health,
    jobs,
    keys,
    lessons,
    model,
    people,
    person_photos,
    questions,
    session,
    system,
    texts,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    faces.router,
    health.router,
    jobs.router,
    keys.router,
    lessons.router,
    model.router,
    people.router,
    person_photos.router,
    questions.router,
    session.router,
    system.router,
    texts.router,
)
