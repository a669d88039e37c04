"""The description of the service, OpenAPI 3.1: beside what FastAPI knows of the routes, keys and problems."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from semblante.api.examples import BODIES, EXAMPLES, FIELDS, PARAMETERS

_PROBLEM: Final = {
    "type": "object",
    "description": "Why a request failed (RFC 9457); some codes have further members.",
    "required": ["type", "title", "status", "detail", "instance", "code", "params", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What the status means, in the language of the request."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in the language of the request."},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "What is wrong, as a name that does not change."},
        "params": {"type": "object", "description": "The values that `detail` names."},
        "request_id": {"type": "string", "description": "By which the service's log knows the request."},
        "errors": {"type": "array", "items": {"type": "object"}},
        "reasons": {"type": "array", "items": {"type": "object"}},
    },
    "examples": [
        {
            "type": "urn:semblante:problem:not_a_picture",
            "title": "This kind of content is not read",
            "status": 415,
            "detail": "not a picture, or one of a format that is not known",
            "instance": "/api/v1/faces",
            "code": "not_a_picture",
            "params": {},
            "request_id": "2f1c9a0be4d85a37",
        }
    ],
}
_FAILED: Final = {
    "description": "It failed; `code` says why.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_FORM: Final = "Body_"
"""How FastAPI's names of forms begin."""
_OPEN_PATHS: Final = ("/health", "/ready", "/session", "/texts")


def add_description(app: FastAPI) -> None:
    """Let `app` describe itself; the description is made when it is first asked for."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=app.version,
        description="Finds faces, learns people and recognises them, on this machine alone.",
        routes=app.routes,
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    # Their place is taken by problems.
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = _PROBLEM
    for name in schemas.keys() & EXAMPLES.keys():
        schemas[name]["examples"] = [EXAMPLES[name]]
    for name in schemas.keys() - EXAMPLES.keys():
        if name.startswith(_FORM):
            fields = schemas[name]["properties"].keys()
            schemas[name]["examples"] = [{field: FIELDS[field] for field in fields if field in FIELDS}]
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "Made by `POST /keys`."},
    }
    found["security"] = [{"key": []}]
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _add_examples(f"{method.upper()} {path}", operation)
            operation["responses"].pop("422", None)
            operation["responses"] |= {"4XX": _FAILED, "5XX": _FAILED}
            if path.endswith(_OPEN_PATHS):
                operation["security"] = []
    return found


def _add_examples(name: str, operation: dict[str, Any]) -> None:
    """Give examples of the parameters, and of a body that has no schema of its own."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in PARAMETERS:
            parameter["example"] = PARAMETERS[parameter["name"]]
    if name in BODIES:
        body = operation.get("requestBody") or operation["responses"]["200"]
        for content in body["content"].values():
            content["example"] = BODIES[name]
