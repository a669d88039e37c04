"""The resources of the service, a module and a router each."""

from typing import Final

from fastapi import APIRouter

from semblante.api.routes import (
    ages,
    changes,
    comparisons,
    explanations,
    faces,
    folders,
    health,
    jobs,
    keys,
    lessons,
    live,
    model,
    neuron,
    people,
    person_photos,
    photos,
    questions,
    readiness,
    recognitions,
    scans,
    session,
    system,
    texts,
    vault,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    ages.router,
    changes.router,
    comparisons.router,
    explanations.router,
    faces.router,
    folders.router,
    health.router,
    jobs.router,
    keys.router,
    lessons.router,
    live.router,
    model.router,
    neuron.router,
    people.router,
    person_photos.router,
    photos.router,
    questions.router,
    readiness.router,
    recognitions.router,
    scans.router,
    session.router,
    system.router,
    texts.router,
    vault.router,
)
