"""What is read off the pages of a front door: how to start, the connectors, the forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

from ..answers import HEALTHZ
from ..diagnosis.reasons import gives_reason
from ..diagnosis.sign_in import (
    LEADS_ON,
    NO_ENTRY,
    NO_PASSWORD_TAKEN,
    NOTHING_OFFERED,
    Met,
    explain_step,
)
from ..diagnosis.unknown import in_quotes
from ..errors import KfpConnectError
from ..hosts import gateway, origin
from ..http import Answer
from ..pages import Form, Link

#: Dex's own paths: ``…/auth/<connector id>`` and ``…/auth/<connector id>/login``.
_CONNECTOR = re.compile(r"/auth/(?P<id>[^/?#]+)(?P<login>/login)?/?$")
#: How Dex's own page marks the type of a connector (its web/templates/login.html).
_TYPE = re.compile(r"dex-btn-icon--(?P<type>[\w-]+)")
#: Its types that ask for a password, and those that lead to the sign-in of somebody else
#: (``ConnectorsConfig`` in its server/server.go).
_WITH_PASSWORD = frozenset({"local", "ldap", "keystone", "atlassian-crowd", "mockPassword"})
_WITHOUT_PASSWORD = frozenset(
    {
        *("authproxy", "bitbucket-cloud", "gitea", "github", "gitlab", "google", "linkedin"),
        *("microsoft", "mockCallback", "oauth", "oidc", "openshift", "saml", "samlExperimental"),
    }
)
#: oauth2-proxy's own path for a sign-in that starts.
START = "/oauth2/start"
#: Its cookie that ties the way back; with ``cookie_csrf_per_request`` a hash follows.
_CSRF = re.compile(r"[^=]*_csrf(?:_[\w-]+)?=")


@dataclass(frozen=True)
class Connector:
    """One way to sign in that Dex offers.

    Attributes
    ----------
    id : str
        Dex's id for it, chosen by the administrator: ``local``, ``ldap``, …
    title : str
        What Dex calls it on its page.
    url : str
        Where it starts; empty where its form is there already.
    takes_password : bool or None
        Whether it asks for one; ``None`` where the page does not tell.
    """

    id: str
    title: str
    url: str = ""
    takes_password: bool | None = None


def flow_start(host: str, url: str | None = None, fields: Mapping[str, str] | None = None) -> str:
    """Return the address at which oauth2-proxy starts to sign in, with the way back to healthz.

    ``rd`` sends the visitor straight to healthz: one request less, and it proves the session.

    Parameters
    ----------
    host : str
        The connection's.
    url, fields : str and mapping, optional
        As a sign-in page has them; by default oauth2-proxy's own path, beside the dashboard.
    """
    query = urlencode({**(fields or {}), "rd": urlsplit(host + HEALTHZ).path})
    return f"{url or gateway(host) + START}?{query}"


def is_flow_start(answer: Answer) -> bool:
    """Whether `answer` is oauth2-proxy's first step: a redirect, and the cookie that ties it.

    Recording ``gateway-oauth2-start``.
    """
    cookies = answer.headers_called("set-cookie")
    return answer.location is not None and any(map(_CSRF.match, cookies))


def start_form(answer: Answer) -> tuple[str, Mapping[str, str]] | None:
    """Return address and fields of oauth2-proxy's form on its sign-in page.

    Recording ``gateway-page-signed-out``: a GET form to ``/oauth2/start`` with ``rd``.
    """
    for form in answer.page.forms:
        target = whole_url(answer.url, form.action)
        if urlsplit(target).path.endswith("/start"):
            return target, form.fields
    return None


def connectors_on(answer: Answer) -> list[Connector]:
    """Return the connectors that Dex's page offers, or the one whose form it shows.

    Ids are the administrator's choice, so that the page is the only place to learn them
    (elyra #2106). They are named in terminals: one that cannot be printed is left out.
    """
    page = answer.page
    if page.password_form is not None:
        # A form at another path is not Dex's, but that of some other program.
        shown = _connector_in(answer.url)
        return [Connector(shown["id"], _title("", shown["id"]), "", True)] if shown else []
    found: dict[str, Connector] = {}
    for link in page.links:
        url = whole_url(answer.url, link.href)
        match = _connector_in(url)
        if match and not match["login"]:
            title = _title(link.text, match["id"])
            found.setdefault(match["id"], Connector(match["id"], title, url, _takes_password(link)))
    return list(found.values())


def _connector_in(url: str) -> re.Match[str] | None:
    match = _CONNECTOR.search(urlsplit(url).path)
    return match if match and match["id"].isprintable() else None


def is_dashboard(answer: Answer) -> bool:
    """Whether an answer to a call of ``/apis/…`` is a page that asks for no sign-in.

    Kubeflow's dashboard, like many an application of one page, has the same for every path.
    """
    if answer.status != 200 or not answer.is_html:
        return False
    asks = start_form(answer) is not None or connectors_on(answer) or password_form(answer)
    return not asks


def password_form(answer: Answer) -> Form | None:
    """Return the form for a password on the page that `answer` holds."""
    return answer.page.password_form


def approval_form(answer: Answer) -> tuple[str, Mapping[str, str]] | None:
    """Return address and fields of Dex's “Grant Access” form, where this is that page."""
    for form in answer.page.forms:
        if form.fields.get("approval") == "approve":
            return whole_url(answer.url, form.action), form.fields
    return None


def explain(met: Met, answer: Answer, title: str = "") -> KfpConnectError | None:
    """Return why a sign-in cannot go on with `answer`, ``None`` where it can.

    Parameters
    ----------
    met : Met
        At which step, and what of it.
    answer : Answer
        As it came; what was sent is masked in it.
    title : str, optional
        The connector's.
    """
    called = f"“{answer.page.title}” " if answer.page.title else ""
    facts = {"origin": origin(answer.url), "called": called, "title": title}
    return explain_step(met, **facts, seen=seen(answer))


def no_entry(first: Answer | None, last: Answer) -> KfpConnectError:
    """Return the error for a front door that leads to no sign-in.

    Parameters
    ----------
    first : Answer or None
        What it answered to the call that was refused.
    last : Answer
        What it answered where a sign-in might start; of the two the more telling one is told.
    """
    answers = [last] if first is None else [first, last]
    telling = (each for each in answers if each.status in (401, 403) and not is_question(each))
    told = next(telling, answers[0])
    known = explain(Met("page", told.status, asks=False, is_question=is_question(told)), told)
    return known or NO_ENTRY.error(origin=origin(told.url), seen=seen(told))


def is_question(answer: Answer) -> bool:
    """Whether `answer` only says that somebody has to sign in, in whatever way: no more is known.

    A 403 refuses, and does not ask.
    """
    named = answer.header("www-authenticate") is not None
    return answer.status == 401 and (named or not gives_reason(_words(answer)))


def seen(answer: Answer) -> str:
    """Return what `answer` is, for a message: of a page the words; what was sent is masked in it.

    See `in_quotes`.
    """
    return in_quotes(answer.status, answer.content_type, _words(answer))


def _words(answer: Answer) -> str:
    return answer.page.text or answer.text


def leads_on(answer: Answer, there: str) -> KfpConnectError | None:
    """Return the error for a connector of Dex that hands visitors on, such as to GitHub.

    Parameters
    ----------
    answer : Answer
        The redirect; ``None`` is returned where it is not a connector's.
    there : str
        Where it leads.
    """
    connector = _CONNECTOR.search(urlsplit(answer.url).path)
    if connector is None or connector["login"]:
        return None
    facts = {"connector": connector["id"], "origin": origin(answer.url), "there": origin(there)}
    return LEADS_ON.error(**facts)


def no_password_taken(host: str, connectors: Sequence[Connector]) -> KfpConnectError:
    """Return the error for a sign-in where a password serves nowhere; none was sent.

    Parameters
    ----------
    host : str
        Whose sign-in it is.
    connectors : sequence of Connector
        What it offers instead; nothing where its page has neither links nor a form.
    """
    if not connectors:
        return NOTHING_OFFERED.error(origin=origin(host))
    names = ", ".join(connector.title for connector in connectors)
    return NO_PASSWORD_TAKEN.error(origin=origin(host), offered=names)


def whole_url(page: str, link: str) -> str:
    """Return where `link` on `page` leads; nowhere, which is empty, if it is no address."""
    try:
        return urljoin(page, link)
    except ValueError:
        return ""


def _takes_password(link: Link) -> bool | None:
    marked = _TYPE.search(" ".join(link.classes))
    kind = marked["type"] if marked else None
    return True if kind in _WITH_PASSWORD else False if kind in _WITHOUT_PASSWORD else None


def _title(text: str, connector: str) -> str:
    said = re.sub(r"(?i)^(log|sign) ?in (with|via|using) ", "", text[:200]).strip()
    if said:
        return said
    return "Email" if connector == "local" else connector
