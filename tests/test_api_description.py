"""The description of the service: OpenAPI 3.1, with an example of all that is sent and answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from api_client import asking, settings_for

from semblante.api import Engine
from semblante.api.examples import BODIES, EXAMPLES, FIELDS, PARAMETERS, faces, people, photos, service
from semblante.api.schemas import Schema


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Any:
    settings = settings_for(tmp_path_factory.mktemp("data"))
    with Engine(settings) as engine, asking(engine, signed_in=False) as client:
        return client.get("/openapi.json").json()


def _operations(description: Any) -> Iterator[tuple[str, Any]]:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation


def _schemas(subject: type[Schema]) -> Iterator[type[Schema]]:
    for each in subject.__subclasses__():
        yield each
        yield from _schemas(each)


def test_it_is_openapi_3_1_with_the_way_in_and_problems(description: Any) -> None:
    assert description["openapi"].startswith("3.1")
    assert description["security"] == [{"key": []}]
    for name, operation in _operations(description):
        assert operation["summary"] and operation["description"], name
        failed = operation["responses"]["4XX"]["content"]
        assert list(failed) == ["application/problem+json"], name
        assert "422" not in operation["responses"], name


def test_every_example_is_as_its_schema_says(description: Any) -> None:
    known = {each.__name__: each for each in _schemas(Schema)}
    for name, example in EXAMPLES.items():
        known[name].model_validate(example)
        assert description["components"]["schemas"][name]["examples"] == [example]
    for part in (faces, people, photos, service):
        assert list(part.EXAMPLES) == sorted(part.EXAMPLES)


def test_all_that_is_sent_and_answered_has_an_example(description: Any) -> None:
    schemas = description["components"]["schemas"]

    def lacks(content: Any) -> bool:
        schema = content.get("application/json", {}).get("schema", {})
        schema = schema.get("items", schema)
        name = schema.get("$ref", "").rpartition("/")[2]
        return bool(name) and "examples" not in schemas[name]

    without = [
        name
        for name, operation in _operations(description)
        if any(lacks(each.get("content", {})) for each in operation["responses"].values())
        or lacks(operation.get("requestBody", {}).get("content", {}))
    ]
    assert without == []


def test_all_that_a_request_names_has_an_example(description: Any) -> None:
    used: set[str] = set()
    for name, operation in _operations(description):
        used.add(name)
        for parameter in operation.get("parameters", ()):
            used.add(parameter["name"])
            is_clear = {"default", "enum"} & parameter["schema"].keys()
            assert is_clear or "example" in parameter, (name, parameter["name"])
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "multipart/form-data":
                form = description["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
                (example,) = form["examples"]
                assert set(form["required"]) <= example.keys() <= form["properties"].keys()
                used |= example.keys()
            elif "$ref" not in content["schema"].get("items", content["schema"]):
                assert "example" in content, name
    assert {*PARAMETERS, *FIELDS, *BODIES} <= used, "no example of what is not there"


def test_the_page_does_not_stand_in_it(description: Any) -> None:
    assert all(path.startswith("/api/v1/") or path == "/metrics" for path in description["paths"])
