"""A transport that keeps a note of each call: what ``diagnose`` and ``doctor`` show."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from .answers import HEALTHZ, Meaning, classify
from .diagnosis.repeated import secrets_in, without, without_secrets
from .errors import KfpConnectError
from .http import Answer, Request, Transport
from .shown import printable, shown


@dataclass(frozen=True)
class Probe:
    """One call as it was seen. It holds no secret: neither headers nor form nor query.

    Nor does it hold one that was sent and that the host repeats.

    Attributes
    ----------
    what : str
        Method and path.
    status : int or None
        The HTTP status; ``None`` where no answer came.
    type : str or None
        The media type.
    ms : int
        Milliseconds.
    note : str
        What it means.
    """

    what: str
    status: int | None
    type: str | None
    ms: int
    note: str


class Recorder:
    """Passes requests on, and keeps a `Probe` of each.

    Parameters
    ----------
    transport : Transport
        What sends.
    probes : list of Probe
        Where the notes go.
    """

    def __init__(self, transport: Transport, probes: list[Probe]) -> None:
        self._transport = transport
        self._probes = probes
        self._sent: set[str] = set()

    def send(self, request: Request) -> Answer:
        """See `Transport.send`."""
        self._sent.update(secrets_in(request.headers), (request.form or {}).values())
        path = urlsplit(request.url).path or "/"
        what = printable(without(f"{request.method} {path}", self._sent))
        started = monotonic()
        try:
            answer = self._transport.send(request)
        except KfpConnectError as problem:
            spent = round((monotonic() - started) * 1000)
            self._probes.append(Probe(what, None, None, spent, problem.message))
            raise
        kind = shown(answer.content_type, 60)
        note = without(_note(without_secrets(answer, self._sent)), self._sent)
        self._probes.append(Probe(what, answer.status, kind or None, answer.ms, shown(note)))
        return answer

    def close(self) -> None:
        """Close the transport below."""
        close = getattr(self._transport, "close", None)
        if close is not None:
            close()


def _note(answer: Answer) -> str:
    if answer.location is not None:
        try:
            parts = urlsplit(answer.location)
        except ValueError:
            return "redirects to no address"
        return f"redirects to {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    path = urlsplit(answer.url).path
    if "/apis/" in path or "/api/" in path:
        meaning = classify(answer)
        if meaning is Meaning.KFP and path.endswith(HEALTHZ):
            users = answer.json().get("multi_user")
            return "KFP, multi-user" if users else "KFP, single-user"
        return meaning.value
    if answer.is_html:
        page = answer.page
        if page.password_form is not None:
            return "a form for a password"
        return f"a page: {page.title}" if page.title else "a page"
    return answer.content_type or "no content type"
