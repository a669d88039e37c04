"""Answers for resources that the service does not have yet, so that the page can be seen whole."""

from typing import Any

from fastapi import APIRouter

mock = APIRouter()
NOW = "2026-11-28T08:00:00Z"


@mock.get("/groups")
async def groups() -> Any:
    return {"items": []}


@mock.get("/groups/{group}/parts")
async def parts(group: str) -> Any:
    return {"parts": []}


@mock.get("/sorts")
async def sorts() -> Any:
    return {"items": []}


@mock.post("/sorts")
async def sort() -> Any:
    actions = [
        {
            "source": f"/home/ana/Pictures/IMG_{i:04}.jpg",
            "target": f"/home/ana/Sorted/Ana López/IMG_{i:04}.jpg",
        }
        for i in range(25)
    ]
    return {"actions": actions, "total": 25}


@mock.get("/holdings")
async def holdings() -> Any:
    sizes = {"library.sqlite": 8_380_416, "thumbnails.sqlite": 3_145_728}
    files = [{"name": name, "title": name, "changed_at": NOW, "bytes": size} for name, size in sizes.items()]
    return {"people": [], "files": files, "total_bytes": sum(sizes.values()), "photos": 13205, "faces": 17735}


@mock.get("/vault")
async def vault() -> Any:
    return {"encrypted": False, "auto_lock_minutes": 15}
