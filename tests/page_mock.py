"""Answers for resources that the service does not have yet, so that the page can be seen whole."""

from typing import Any

from fastapi import APIRouter

mock = APIRouter()
NOW = "2026-11-28T08:00:00Z"


@mock.get("/sorts")
async def sorts() -> Any:
    return []


@mock.get("/holdings")
async def holdings() -> Any:
    sizes = {"library.sqlite": 8_380_416, "thumbnails.sqlite": 3_145_728}
    files = [{"name": name, "title": name, "changed_at": NOW, "bytes": size} for name, size in sizes.items()]
    return {"people": [], "files": files, "total_bytes": sum(sizes.values()), "photos": 29, "faces": 31}
