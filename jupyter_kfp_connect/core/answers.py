"""What an answer means: KFP's own, a sign-in page, a policy's refusal, or something else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .http import Answer
from .shown import shown

HEALTHZ = "/apis/v2beta1/healthz"
#: Before KFP 2.
OLD_HEALTHZ = "/apis/v1beta1/healthz"
EXPERIMENTS = "/apis/v2beta1/experiments"


class Meaning(Enum):
    """What stands behind an answer to a call of ``/apis/…``."""

    KFP = "KFP's healthz"
    DATA = "JSON of an API"
    SIGNED_OUT = "not signed in"
    MESH = "a policy of the service mesh refuses"
    JWT = "the service mesh refuses the token"
    NOT_FOUND = "nothing at this path"
    DENIED = "KFP refuses"
    BROKEN = "the server's own mistake"
    OTHER = "something else"


def classify(answer: Answer) -> Meaning:
    """Return what `answer`, to a call of ``/apis/…``, means.

    For such a path a sign-in page is no data, whatever its status.
    """
    text = answer.text[:300].strip()
    if answer.status == 403 and text == "RBAC: access denied":
        return Meaning.MESH
    if answer.status in (401, 403) and is_of_jwt(text):
        return Meaning.JWT
    data = answer.json()
    if answer.status == 404 or (answer.status in (405, 501) and data is None):
        return Meaning.NOT_FOUND
    if answer.status >= 500:
        # Older KFP API servers answer 500 where newer ones answer 401 (pipelines #6726).
        nobody = "no user identity header" in reported_message(answer)
        return Meaning.SIGNED_OUT if nobody else Meaning.BROKEN
    if is_signed_out(answer.status, answer.content_type, answer.body[:64], answer.location):
        return Meaning.SIGNED_OUT
    if answer.status == 403:
        return Meaning.DENIED
    if answer.status == 200 and isinstance(data, dict):
        return Meaning.KFP if is_healthz(data) else Meaning.DATA
    return Meaning.OTHER


def is_of_jwt(text: str) -> bool:
    """Whether `text` is Envoy's, of a token that it does not take; a 403 only for its audience."""
    return text.startswith("Jwt ") or "Audiences in Jwt" in text


def is_healthz(data: Mapping[str, Any]) -> bool:
    """Whether `data` is what KFP's healthz answers (recording ``kfp-healthz-multi-user``)."""
    return isinstance(data.get("multi_user"), bool) or "commit_sha" in data


def is_signed_out(
    status: int, content_type: str | None, body_start: bytes, location: str | None
) -> bool:
    """Whether an answer to a call of ``/apis/…`` means that nobody is signed in.

    That is a 401, a redirect, or a page for people with a status that a page of a sign-in has.

    Parameters
    ----------
    status : int
        The HTTP status.
    content_type : str or None
        The ``Content-Type`` header.
    body_start : bytes
        The body's first bytes; a page may come without a content type.
    location : str or None
        The ``Location`` header.
    """
    if status == 401 or (300 <= status < 400 and location is not None):
        return True
    start = body_start.lstrip()[:15].lower()
    page = (content_type or "").lower().startswith("text/html") or start.startswith(
        (b"<!doctype html", b"<html")
    )
    return page and status in (200, 403)


def reported_message(answer: Answer) -> str:
    """Return what a KFP error says, else the body's start."""
    return kfps_message(answer) or shown(answer.text[:300], 300)


def kfps_message(answer: Answer) -> str | None:
    """Return what a KFP error says: ``message``, or ``error_message`` of an upload's."""
    data = answer.json()
    if not isinstance(data, dict):
        return None
    said = data.get("message") or data.get("error_message")
    return shown(said, 2000) if isinstance(said, str) else None
