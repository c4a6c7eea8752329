"""``dex``: the sign-in that a browser walks, through oauth2-proxy or oidc-authservice and Dex.

Pure: requests come out, answers go in (`base.Flow`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..answers import HEALTHZ, Meaning, classify, reported_message
from ..connection import Connection
from ..cookies import Cookies
from ..diagnosis.reasons import is_over
from ..diagnosis.repeated import secrets_in, without_secrets
from ..diagnosis.sign_in import (
    NO_SESSION_AFTER_ALL,
    NO_SUCH_CONNECTOR,
    SESSION_REFUSED,
    Met,
    explain_step,
)
from ..errors import KfpConnectError, NotReachable
from ..hosts import gateway, origin
from ..http import Answer
from ..secret import Secret
from .base import Flow
from .front_door import (
    START,
    Connector,
    approval_form,
    connectors_on,
    explain,
    flow_start,
    is_dashboard,
    is_question,
    no_entry,
    no_password_taken,
    password_form,
    seen,
    start_form,
    whole_url,
)
from .hops import Hops


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
        self._hops = Hops(connection)
        self._login = login
        self._wanted = (login and login.connector) or connection.connector
        #: Whether the password was sent.
        self.posted = False
        #: The connectors that may take a password, once the front door's page was seen.
        self.offered: tuple[Connector, ...] = ()

    @property
    def others(self) -> tuple[Connector, ...]:
        """Those of `offered` that were not asked for."""
        return tuple(each for each in self.offered if each.id != self._wanted)

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
                return Arrived(self._hops.cookies, first)
            # A redirect to the sign-in may come with the cookie that ties the way back to it.
            self._hops.cookies.take(first)
        entrance = yield from self._enter(first)
        found = yield from self._to_form(entrance)
        if self._login is None or isinstance(found, Asked):
            return found if isinstance(found, Asked) else Asked((found[1],))
        form_page, connector = found
        answer = yield from self._submit(form_page, connector)
        healthz = yield from self._arrive(answer)
        return Arrived(self._hops.cookies, healthz, connector)

    def _enter(self, first: Answer | None) -> Flow[Answer]:
        """Find where the sign-in starts, and follow it to Dex's first page.

        What the front door itself names comes first: by a redirect, or on its page. Else that is
        the usual path beside the dashboard, then what the page for visitors names. The usual path
        at the root comes last, since under a path it may be somebody else's.
        """
        if first is not None and first.location:
            return (yield from self._hops.get(first.location))
        named = start_form(first) if first is not None else None
        if named is None:
            answer = yield from self._hops.get(flow_start(self._host))
            if answer.status not in (403, 404):
                return answer
            named = start_form(answer)
        if named is None:
            answer = yield from self._hops.get(self._host + "/")
            named = start_form(answer)
            if named is None and connectors_on(answer):
                return answer
        if named is not None:
            return (yield from self._hops.get(flow_start(self._host, *named)))
        at_root = origin(self._host)
        if gateway(self._host) != at_root:
            answer = yield from self._hops.get(flow_start(self._host, at_root + START))
            if answer.status not in (403, 404):
                return answer
        raise no_entry(first and self._cleaned(first), self._cleaned(answer))

    def _to_form(self, entrance: Answer) -> Flow[tuple[Answer, Connector] | Asked]:
        found = [] if entrance.status >= 500 else connectors_on(entrance)
        if not found:
            asks = password_form(entrance) is not None
            met = Met("page", entrance.status, asks, is_question(entrance))
            _go_on(explain(met, self._cleaned(entrance)))
        self.offered = tuple(each for each in found if each.takes_password is not False)
        chosen = self._choose(found)
        if chosen is None:
            return Asked(self.offered)
        answer = entrance if not chosen.url else (yield from self._hops.get(chosen.url))
        met = Met("connector", answer.status, password_form(answer) is not None)
        _go_on(explain(met, self._cleaned(answer), chosen.title))
        return answer, chosen

    def _choose(self, found: Sequence[Connector]) -> Connector | None:
        """Return the connector named, the only one, or ``local``; ``None`` if a person must."""
        named = next((each for each in found if each.id == self._wanted), None)
        if named is not None:
            return named
        if not self.offered:
            raise no_password_taken(self._host, found)
        names = {connector.id: connector for connector in self.offered}
        if self._wanted:
            raise NO_SUCH_CONNECTOR.error(connector=self._wanted, offered=", ".join(names))
        if len(names) == 1:
            return self.offered[0]
        return names.get("local") if self._login is not None else None

    def _submit(self, page: Answer, connector: Connector) -> Flow[Answer]:
        """Post the password, once."""
        form, login = password_form(page), self._login
        assert form is not None
        assert login is not None
        assert form.password_field is not None
        target = whole_url(page.url, form.action)
        self._hops.trust(page.url, target)
        fields = dict(form.fields)
        fields[form.text_field or "login"] = login.username
        others = ", ".join(each.id for each in self.offered if each.id != connector.id)
        where = f" by the connector “{connector.id}”; there is also {others}" if others else ""
        facts = {"origin": origin(target), "where": where}
        self.posted = True
        try:
            answer = yield from self._hops.post(
                target, {**fields, form.password_field: login.password.reveal()}
            )
        except NotReachable as problem:
            late = explain_step(Met("password", 0, False), **facts, seen="")
            raise (late if problem.code == "timed-out" else None) or problem from None
        answer = yield from self._hops.follow(answer)
        is_own = answer.url == target  # What is refused elsewhere was not the password.
        asks = password_form(answer) is not None or (is_own and 400 <= answer.status < 500)
        if is_own or asks:
            met = Met("password", answer.status, asks)
            _go_on(explain_step(met, **facts, seen=seen(self._cleaned(answer))))
        return answer

    def _arrive(self, answer: Answer) -> Flow[Answer]:
        """Grant what Dex asks, and come to healthz with the session."""
        grant = approval_form(answer)
        if grant is None and urlsplit(answer.url).path.endswith("/approval"):
            grant = (answer.url, {"approval": "approve"})
        if grant is not None:
            target, fields = grant
            self._hops.trust(answer.url, target)
            granted = yield from self._hops.post(target, fields)
            answer = yield from self._hops.follow(granted)
        after = answer
        if urlsplit(answer.url).path != urlsplit(self._healthz).path or answer.status >= 400:
            # The page after a sign-in may be a 404 or a 403 though the sign-in worked.
            answer = yield from self._hops.once(self._healthz)
        if is_dashboard(answer):
            return answer  # We are in, but at no path of KFP's.
        if classify(answer) in (Meaning.SIGNED_OUT, Meaning.JWT):
            if not is_over(answer.status, reported_message(answer)):
                raise SESSION_REFUSED.error(seen=seen(self._cleaned(answer)))
            # Also where cookies were set: those of a sign-in that was not finished are no session.
            title = self._cleaned(after).page.title or str(after.status)
            raise NO_SESSION_AFTER_ALL.error(title=title)
        return answer

    def _cleaned(self, answer: Answer) -> Answer:
        """Return `answer` without the password and the cookies, which it may repeat."""
        cookie = self._hops.cookies.header(answer.url)
        password = [self._login.password.reveal()] if self._login else []
        return without_secrets(answer, password + secrets_in({"Cookie": cookie} if cookie else {}))


def _go_on(problem: KfpConnectError | None) -> None:
    if problem is not None:
        raise problem
