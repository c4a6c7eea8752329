"""The few calls that prove rungs 1 to 3: healthz, one list, and who the front door takes us for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from .answers import EXPERIMENTS, HEALTHZ, OLD_HEALTHZ, Meaning, classify
from .auth.front_door import flow_start, is_dashboard, is_flow_start, start_form
from .auth.tokens import claims_of, namespace_of
from .codes import CODES
from .connection import Connection
from .diagnosis.places import BROKEN, NOT_KFP, OTHER_PATH, SENT_ON, TOO_OLD
from .diagnosis.reasons import is_over
from .diagnosis.refusals import Refusal, explain_refusal
from .diagnosis.repeated import secrets_in, without
from .diagnosis.unknown import as_it_is, reported, reporting
from .diagnosis.versions import both_versions
from .environment import Environment
from .errors import KfpConnectError, error
from .fields import NAMESPACE
from .hosts import gateway, origin
from .http import Answer, Request, Transport
from .place import version_of
from .shown import shown

#: Seconds to wait for who we are: what comes later only leaves the namespaces unknown.
_PATIENCE = 4.0
#: Characters that a token or a session has at least.
_SESSION = 16
#: Roles as ``env-info`` names them and as the dashboard shows them.
_MOST_NAMESPACES = 500
_ROLES = {"owner": "owner", "contributor": "contributor", "viewer": "viewer"}


@dataclass(frozen=True)
class Identity:
    """Who a front door takes us for.

    Attributes
    ----------
    user : str or None
        Such as an e-mail address.
    namespaces : sequence of (str, str)
        Namespace and role.
    knows_namespaces : bool
        Whether it was told which those are, so that none means that there is none.
    """

    user: str | None = None
    namespaces: Sequence[tuple[str, str]] = ()
    knows_namespaces: bool = False


class Prover:
    """Asks one host, with one set of headers.

    Parameters
    ----------
    connection : Connection
        Whose host is asked.
    transport : Transport
        What sends.
    """

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self._host = connection.host
        self._transport = transport

    def healthz(self, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask KFP's healthz, which needs no rights."""
        return self._get(self._host + HEALTHZ, headers)

    def flow_start(self) -> Answer | None:
        """Start oauth2-proxy's sign-in, where there is one: it spares the call that is refused."""
        answer = self._get(flow_start(self._host), {"Accept": "text/html"})
        return answer if is_flow_start(answer) or start_form(answer) else None

    def listed(self, namespace: str | None, headers: Mapping[str, str]) -> Answer:
        """List one experiment: the cheapest call that KFP authorizes."""
        query = {"page_size": "1"} | ({"namespace": namespace} if namespace else {})
        return self._get(f"{self._host}{EXPERIMENTS}?{urlencode(query)}", headers)

    def identity(self, headers: Mapping[str, str]) -> Identity:
        """Ask the dashboard's ``env-info``, else oauth2-proxy's ``userinfo``; neither has to be."""
        answer = self._try(f"{gateway(self._host)}/api/workgroup/env-info", headers, _PATIENCE)
        data = answer.json() if answer is not None and answer.status == 200 else None
        if isinstance(data, dict) and isinstance(data.get("user"), str):
            told = data.get("namespaces")
            who = _name(data["user"], headers)
            return Identity(who, _namespaces(told), isinstance(told, list))
        for door in dict.fromkeys((gateway(self._host), origin(self._host))):
            answer = self._try(f"{door}/oauth2/userinfo", headers, _PATIENCE)
            data = answer.json() if answer is not None and answer.status == 200 else None
            if isinstance(data, dict):
                user = data.get("email") or data.get("user")
                return Identity(_name(user, headers) if isinstance(user, str) else None)
        return Identity()

    def other_path(self, headers: Mapping[str, str] | None = None) -> tuple[str, str | None] | None:
        """Return the address at the same origin where KFP does answer, and its version."""
        root = origin(self._host)
        for path in _other_paths(urlsplit(self._host).path):
            host = root + path
            if host == self._host:
                continue
            answer = self._try(host + HEALTHZ, headers)
            if answer is None or is_dashboard(answer):
                continue
            meaning = classify(answer)
            if meaning is Meaning.KFP or (meaning is Meaning.SIGNED_OUT and not headers):
                return host, version_of(answer)[0]
        return None

    def older(self, headers: Mapping[str, str] | None = None) -> str | None:
        """Return the version of a KFP that is too old to have the API asked for, if one answers."""
        answer = self._try(self._host + OLD_HEALTHZ, headers)
        if answer is None or classify(answer) is not Meaning.KFP:
            return None
        return version_of(answer)[0] or "1"

    def _get(
        self, url: str, headers: Mapping[str, str] | None, patience: float | None = None
    ) -> Answer:
        accepting = {"Accept": "application/json", **(headers or {})}
        return self._transport.send(Request("GET", url, accepting, patience=patience))

    def _try(
        self, url: str, headers: Mapping[str, str] | None, patience: float | None = None
    ) -> Answer | None:
        try:
            return self._get(url, headers, patience)
        except KfpConnectError:
            return None


def _other_paths(path: str) -> tuple[str, ...]:
    """Return where KFP may be instead: below `path`, beside it, or at the root, each once."""
    above = path.rpartition("/")[0]
    below = path.removesuffix("/pipeline")
    return tuple(dict.fromkeys((f"{below}/pipeline", f"{above}/pipeline", "/pipeline", above, "")))


def not_here(prover: Prover, answer: Answer, headers: Mapping[str, str] | None) -> KfpConnectError:
    """Return the rung 1 error for an answer that is not KFP's: the path, the host, or a mistake."""
    place = urlsplit(answer.url).netloc
    moved = moved_to(answer)
    if moved is not None and without(moved, secrets_in(headers or {})) == moved:
        return SENT_ON.error(place=place, host=moved)
    if classify(answer) is Meaning.BROKEN:
        return BROKEN.error(place=place, seen=as_it_is(answer, headers))
    other = prover.other_path(headers)
    if other is not None:
        host, version = other
        return OTHER_PATH.error(place=place, host=host, versions=both_versions(version))
    older = prover.older(headers) if answer.status == 404 else None
    if older is not None:
        return TOO_OLD.error(place=place, versions=both_versions(older))
    return NOT_KFP.error(place=place, seen=as_it_is(answer, headers))


def unknown(code: str, message: str) -> KfpConnectError:
    """Return the error for an answer that no rule knows, with the place to report it at."""
    return error(code, message, remedy=reporting(CODES[code].remedy))


def astray(answer: Answer) -> bool:
    """Whether an answer says that KFP is at another address, or that a page of others is here."""
    return moved_to(answer) is not None or is_dashboard(answer)


def moved_to(answer: Answer) -> str | None:
    """Return the host that healthz was moved to, such as from http to https; ``None`` if not.

    What is no plain address, such as one with a password in it, is none to tell anybody.
    """
    target = (answer.location or "").partition("?")[0]
    moved = target.endswith(HEALTHZ) and target != answer.url.partition("?")[0]
    with suppress(ValueError):
        return target.removesuffix(HEALTHZ) if moved and origin(target) else None
    return None


def refusal(
    answer: Answer, headers: Mapping[str, str], way: str, *, proven: bool = False
) -> KfpConnectError:
    """Return what KFP's (or the mesh's) refusal means.

    Parameters
    ----------
    answer : Answer
        A 400, 401 or 403.
    headers : mapping
        What was sent.
    way : str
        The `auth` in use.
    proven : bool
        Whether the credential was accepted a moment ago.
    """
    token = headers.get("Authorization", "").removeprefix("Bearer ")
    seen = Refusal(
        answer.status,
        reported(answer, headers),
        claims_of(token),
        bool(headers),
        way,
        kind=answer.content_type,
        host=answer.url,
    )
    problem = explain_refusal(seen)
    if proven and problem.code == "sign-in-needed" and is_over(seen.status, seen.message):
        return error("session-over", "the session ended while it was checked")
    return problem


def ui_url(connection: Connection, environment: Environment, namespace: str | None) -> str | None:
    """Return where people open the Pipelines UI; ``None`` for a host only the cluster knows."""
    base = connection.ui_host or environment.ui_endpoint
    if base is None:
        name = urlsplit(connection.host).hostname or ""
        if name.startswith("ml-pipeline") or name.endswith(".local"):
            return None
        base = gateway(connection.host)
    base = base.rstrip("/").removesuffix("/pipeline")
    if not connection.host.endswith("/pipeline"):
        return f"{base}/#/experiments"
    query = "?" + urlencode({"ns": namespace}) if namespace else ""
    return f"{base}/_/pipeline/{query}"


def in_namespace(url: str | None, namespace: str | None) -> str | None:
    """Return the address of the Pipelines UI that `ui_url` gave, for another namespace."""
    if url is None or namespace is None or "/_/pipeline/" not in url:
        return url
    return f"{url.partition('?')[0]}?{urlencode({'ns': namespace})}"


def usual_namespace(
    subject: str | None, namespaces: Sequence[tuple[str, str]], pod: str | None = None
) -> str | None:
    """Return the namespace to work in where none was chosen, ``None`` where a person has to.

    Parameters
    ----------
    subject : str or None
        Who we are: a ServiceAccount has a namespace of its own.
    namespaces : sequence of (str, str)
        Namespace and role.
    pod : str, optional
        The namespace of the pod that this runs in, where it may be meant.
    """
    own = namespace_of(subject)
    if own:
        return own
    if len(namespaces) == 1:
        return namespaces[0][0]
    if pod is not None and (not namespaces or pod in dict(namespaces)):
        return pod
    owned = [name for name, role in namespaces if role == "owner"]
    return owned[0] if len(owned) == 1 else None


def _name(user: str, headers: Mapping[str, str]) -> str:
    """Return `user` as it may be shown, without a credential that a front door takes for a name.

    A cookie may hold the name itself: an address, or what is too short for a session.
    """
    sent = (each for each in secrets_in(headers) if len(each) >= _SESSION and "@" not in each)
    return shown(without(user, sent))


def _namespaces(data: object) -> tuple[tuple[str, str], ...]:
    found = []
    for entry in data[:_MOST_NAMESPACES] if isinstance(data, list) else ():
        if isinstance(entry, dict) and NAMESPACE.fullmatch(str(entry.get("namespace"))):
            role = shown(str(entry.get("role", "")), 40)
            found.append((entry["namespace"], _ROLES.get(role, role)))
    return tuple(found)
