"""`/session`: the page's way in and out."""

from fastapi import APIRouter, Request, Response

from semblante.api.cookies import cookie_of
from semblante.api.engine import TheEngine
from semblante.api.schemas import Schema
from semblante.api.security import session_cookie

router = APIRouter(prefix="/session", tags=["service"])


class Launch(Schema):
    """The token that `semblante app` put behind the page's address; it is used once."""

    token: str


@router.post("", status_code=204)
async def begin_session(launch: Launch, response: Response, engine: TheEngine) -> None:
    """Exchange the launch token for a session, whose cookie no script and no other site can read."""
    session = engine.sessions.begin(launch.token)
    if session is None:
        raise engine.failures.next()
    response.set_cookie(
        session_cookie(engine.settings.port),
        session,
        httponly=True,
        samesite="strict",
        secure=engine.settings.tls_certificate is not None,
    )


@router.delete("", status_code=204)
async def end_session(request: Request, response: Response, engine: TheEngine) -> None:
    """End the session of this browser."""
    name = session_cookie(engine.settings.port)
    if session := cookie_of(request.headers, name):
        engine.sessions.end(session)
    response.delete_cookie(name, httponly=True, samesite="strict")
