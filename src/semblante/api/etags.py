"""What a resource was when it was read, so that a change of something else in between is noticed."""

import hashlib
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

from semblante.errors import Refused

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The `ETag` of what is to be changed; where it changed since, 412."),
]


def etag_of(resource: BaseModel) -> str:
    """The value of the header `ETag`."""
    return f'"{hashlib.sha256(resource.model_dump_json().encode()).hexdigest()[:32]}"'


def check_if_match(if_match: str | None, resource: BaseModel) -> None:
    """Raise `Refused` where the caller wants to change something else than `resource`, as it is now."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag_of(resource) not in [each.strip() for each in if_match.split(",")]:
        raise Refused("changed_meanwhile")
