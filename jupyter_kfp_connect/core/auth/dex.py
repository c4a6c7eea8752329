"""``dex``: the sign-in that a browser walks, through oauth2-proxy or oidc-authservice and Dex.

Pure: requests come out, answers go in (`base.Flow`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..answers import HEALTHZ, Meaning, classify
from ..connection import Connection
from ..cookies import Cookies
from ..diagnosis.repeated import without
from ..diagnosis.sign_in import NO_SESSION_AFTER_ALL
from ..errors import KfpConnectError, NotReachable, SignInNeeded, error
from ..hosts import origin, same_origin
from ..http import Answer, Request
from ..secret import Secret
from .base import Flow
from .front_door import (
    Connector,
    approval_form,
    connectors_on,
    flow_start,
    hangs,
    is_dashboard,
    leads_on,
    not_dex,
    page_of,
    password_form,
    start_form,
    stopped,
    whole_url,
)

_MAX_HOPS = 20
_PAGE = {"Accept": "text/html,application/xhtml+xml"}


@dataclass(frozen=True)
class Login:
    """Who signs in, and which connector they chose, if they did."""

    username: str
    password: Secret
    connector: str | None = None


@dataclass(frozen=True)
class Arrived:
    """The end of a sign-in.

    Attributes
    ----------
    cookies : Cookies
        The session; empty where the host asks nobody to sign in.
    healthz : Answer
        What KFP's healthz answered with them.
    connector : Connector or None
        The one signed in through; ``None`` where no sign-in took place.
    """

    cookies: Cookies
    healthz: Answer
    connector: Connector | None = None


@dataclass(frozen=True)
class Asked:
    """The front door asks for a password, and none was given."""

    connectors: tuple[Connector, ...]


class SignIn:
    """One walk from a signed-out call to KFP's healthz.

    Parameters
    ----------
    connection : Connection
        Its ``host``, ``login_hosts`` and ``connector`` count.
    login : Login, optional
        Without it the walk ends at the form, as `Asked`.
    """

    def __init__(self, connection: Connection, login: Login | None = None) -> None:
        self._host = connection.host
        self._healthz = connection.host + HEALTHZ
        self._allowed = (connection.origin, *connection.login_hosts)
        self._login = login
        self._wanted = (login and login.connector) or connection.connector
        self._cookies = Cookies()
        self._hops = 0
        #: Whether the password was sent.
        self.posted = False
        #: The connectors that the front door offers, once its page was seen.
        self.offered: tuple[Connector, ...] = ()

    def walk(self, first: Answer | None = None) -> Flow[Arrived | Asked]:
        """Walk it all.

        Parameters
        ----------
        first : Answer, optional
            What healthz answered to a call without credentials; without it, a front door of
            oauth2-proxy is taken for granted, which spares that call.

        Raises
        ------
        SignInNeeded
            ``wrong-password``, ``connector-unknown``, ``no-password-form``, ``other-login-host``.
        SignInFailed
            ``directory-down``, ``downgrade-refused``, ``no-way-in``.
        NotReachable
            ``too-many-redirects``, ``server-error``, ``bad-answer``.
        """
        if first is not None:
            if classify(first) is Meaning.KFP:
                return Arrived(self._cookies, first)
            # A redirect to the sign-in may come with the cookie that ties the way back to it.
            self._cookies.take(first)
        entrance = yield from self._enter(first)
        found = yield from self._to_form(entrance)
        if self._login is None or isinstance(found, Asked):
            return found if isinstance(found, Asked) else Asked((found[1],))
        form_page, connector = found
        answer = yield from self._submit(form_page, self._login)
        healthz = yield from self._arrive(answer)
        return Arrived(self._cookies, healthz, connector)

    def _enter(self, first: Answer | None) -> Flow[Answer]:
        """Find where the sign-in starts, and follow it to Dex's first page."""
        if first is not None and first.location:
            return (yield from self._get(first.location))
        on_page = start_form(first) if first is not None else None
        if on_page is None:
            answer = yield from self._get(flow_start(self._host))
            if answer.status not in (403, 404):
                return answer
            # Not at the usual path: the sign-in page itself says where.
            answer = yield from self._get(self._host + "/")
            on_page = start_form(answer)
            if on_page is None:
                if connectors_on(answer):
                    return answer
                raise error(
                    "no-way-in",
                    f"{origin(self._host)} asks for a sign-in, but not by oauth2-proxy or Dex",
                )
        return (yield from self._get(flow_start(self._host, *on_page)))

    def _to_form(self, entrance: Answer) -> Flow[tuple[Answer, Connector] | Asked]:
        self.offered = () if entrance.status >= 500 else tuple(connectors_on(entrance))
        if entrance.status >= 400 and not self.offered:
            raise stopped(entrance)
        if not self.offered and password_form(entrance) is not None:
            raise not_dex(entrance)
        chosen = self._choose(self.offered)
        if chosen is None:
            return Asked(self.offered)
        answer = entrance if not chosen.url else (yield from self._get(chosen.url))
        if password_form(answer) is None:
            if answer.status >= 400:
                # Such as Dex's 400, “Connector failed to initialize”.
                raise stopped(answer)
            raise error(
                "no-password-form",
                f"“{chosen.title}” at {origin(answer.url)} has no form for a password",
            )
        return answer, chosen

    def _choose(self, offered: tuple[Connector, ...]) -> Connector | None:
        """Return the connector named, the only one, or ``local``; ``None`` if a person must."""
        if not offered:
            raise error(
                "no-password-form",
                f"the sign-in page of {origin(self._host)} has no form for a password",
            )
        names = {connector.id: connector for connector in offered}
        if self._wanted:
            if self._wanted not in names:
                raise error(
                    "connector-unknown",
                    f"there is no connector “{self._wanted}”; offered: {', '.join(names)}",
                )
            return names[self._wanted]
        if len(offered) == 1:
            return offered[0]
        return names.get("local") if self._login is not None else None

    def _submit(self, page: Answer, login: Login) -> Flow[Answer]:
        """Post the password, once."""
        form = password_form(page)
        assert form is not None
        assert form.password_field is not None
        target = whole_url(page.url, form.action)
        self._trust(page.url, target)
        fields = dict(form.fields)
        fields[form.text_field or "login"] = login.username
        self.posted = True
        try:
            answer = yield self._request(
                "POST", target, {**fields, form.password_field: login.password.reveal()}
            )
        except NotReachable as problem:
            raise hangs(target) if problem.code == "timed-out" else problem from None
        self._cookies.take(answer)
        if answer.status >= 500:
            raise error(
                "directory-down",
                f"the sign-in at {origin(target)} answers {answer.status}: the directory behind "
                "it is down",
            )
        if answer.status < 400:
            answer = yield from self._follow(answer)
        # Whatever is refused here was the password, for the front door: it is not tried again.
        refused = answer.url == target and 400 <= answer.status < 500
        if refused or password_form(answer) is not None:
            raise error("wrong-password", "user name or password was not accepted")
        return answer

    def _arrive(self, answer: Answer) -> Flow[Answer]:
        """Grant what Dex asks, and come to healthz with the session."""
        grant = approval_form(answer)
        if grant is None and urlsplit(answer.url).path.endswith("/approval"):
            grant = (answer.url, {"approval": "approve"})
        if grant is not None:
            target, fields = grant
            self._trust(answer.url, target)
            granted = yield self._request("POST", target, fields)
            self._cookies.take(granted)
            answer = yield from self._follow(granted)
        after = answer
        if urlsplit(answer.url).path != urlsplit(self._healthz).path or answer.status >= 400:
            # The page after a sign-in may be a 404 or a 403 though the sign-in worked.
            answer = yield from self._once(self._healthz)
        if is_dashboard(answer):
            return answer  # We are in, but at no path of KFP's.
        if classify(answer) in (Meaning.SIGNED_OUT, Meaning.JWT):
            # Also where cookies were set: those of a sign-in that was not finished are no session.
            sent = [self._login.password.reveal()] if self._login else []
            title = without(page_of(after).title, sent) or str(after.status)
            raise NO_SESSION_AFTER_ALL.error(title=title)
        return answer

    # One hop after the other, by the rules of trust.

    def _get(self, url: str) -> Flow[Answer]:
        self._trust(self._host, url)
        return (yield from self._follow((yield from self._once(url))))

    def _once(self, url: str) -> Flow[Answer]:
        answer = yield self._request("GET", url)
        self._cookies.take(answer)
        return answer

    def _follow(self, answer: Answer) -> Flow[Answer]:
        while (target := answer.location) is not None:
            self._hops += 1
            if self._hops > _MAX_HOPS:
                raise error(
                    "too-many-redirects", f"{origin(self._host)} redirects more than {_MAX_HOPS}x"
                )
            try:
                self._trust(answer.url, target)
            except SignInNeeded as elsewhere:
                # Dex at a host of its own may be allowed; who is behind its connectors takes no
                # password from a program.
                raise leads_on(answer, target) or elsewhere from None
            answer = yield from self._once(target)
        return answer

    def _request(self, method: str, url: str, form: Mapping[str, str] | None = None) -> Request:
        cookie = self._cookies.header(url)
        return Request(method, url, _PAGE | ({"Cookie": cookie} if cookie else {}), form)

    def _trust(self, here: str, there: str) -> None:
        try:
            target = urlsplit(origin(there))
        except ValueError:
            target = urlsplit("")
        if target.scheme not in ("http", "https") or not target.hostname:
            raise error("bad-answer", f"the sign-in of {origin(self._host)} leads to no address")
        if urlsplit(here).scheme == "https" and target.scheme == "http":
            raise error("downgrade-refused", f"the sign-in leads to {origin(there)}")
        if not any(same_origin(allowed, there) for allowed in self._allowed):
            raise other_login_host(self._host, there)


def other_login_host(host: str, there: str) -> KfpConnectError:
    """Return the error for a sign-in that leads elsewhere; nothing was posted there."""
    return error(
        "other-login-host",
        f"the sign-in of {origin(host)} leads to {origin(there)}",
        remedy=f"Allow {origin(there)} for this connection if it is your organisation's sign-in.",
        remedy_copy=origin(there),
    )
