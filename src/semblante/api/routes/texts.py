"""`/texts`: the page's sentences."""

from typing import Annotated

from fastapi import APIRouter, Query

from semblante.api.page_messages import page_texts
from semblante.i18n import Language

router = APIRouter(tags=["service"])


@router.get("/texts")
async def texts(lang: Annotated[Language, Query(description="The language wanted.")]) -> dict[str, str]:
    """The sentences of the page in a language, by the English that its scripts hold."""
    # Once made, they cost whoever asks often no time: anybody may ask, without a session.
    return dict(page_texts(lang))
