"""`/keys`: by which programs are let in; made and seen on this machine only."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from semblante.api.engine import TheEngine
from semblante.api.keys import Key, KeyScope
from semblante.api.schemas import Schema
from semblante.api.security import is_loopback
from semblante.errors import Refused


async def _from_this_machine(request: Request) -> None:
    if request.client is None or not is_loopback(request.client.host):
        raise Refused("keys_on_loopback_only")


router = APIRouter(prefix="/keys", tags=["service"], dependencies=[Depends(_from_this_machine)])


class KeyIn(Schema):
    """What a new key is for, and how far it goes."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scope: KeyScope


class KeyOut(Schema):
    """A key; its secret is told once, when it is made."""

    id: str
    name: str
    scope: KeyScope
    created: datetime
    secret: str | None = None

    @classmethod
    def of(cls, key: Key, secret: str | None = None) -> "KeyOut":
        """That of a key."""
        return cls(id=key.id, name=key.name, scope=key.scope, created=key.created, secret=secret)


@router.get("")
async def list_keys(engine: TheEngine) -> tuple[KeyOut, ...]:
    """The keys, the oldest first, without their secrets."""
    return tuple(map(KeyOut.of, await engine.run(engine.keys.keys)))


@router.post("", status_code=201)
async def create_key(key: KeyIn, response: Response, engine: TheEngine) -> KeyOut:
    """Make a key. Its secret is in this answer and nowhere else."""
    made, secret = await engine.run(engine.keys.create, key.name, key.scope)
    response.headers["Location"] = f"/api/v1/keys/{made.id}"
    return KeyOut.of(made, secret)


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: str, engine: TheEngine) -> None:
    """Let nobody in with a key any more."""
    await engine.run(engine.keys.revoke, key_id)
