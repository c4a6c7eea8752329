"""Rules for what a sign-in meets on its way, step by step: what is matched, and what is said."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..codes import CODES
from ..errors import KfpConnectError
from .rules import Rule
from .unknown import reporting

#: Where it ends: at the page that offers connectors, at the page of one of them, or with the
#: answer to the password.
Step = Literal["page", "connector", "password"]


class Met(NamedTuple):
    """What one step met.

    Attributes
    ----------
    step : {"page", "connector", "password"}
        Which.
    status : int
        The answer's; 0 where none came in time.
    asks : bool
        Whether it asks for a password: after the password, whether it asks again, or refuses.
    is_question : bool
        Whether it only says that somebody has to sign in, in whatever way.
    """

    step: Step
    status: int
    asks: bool
    is_question: bool = False


class SignInRule(NamedTuple):
    """One cause. Whatever is left out matches anything.

    Attributes
    ----------
    step : {"page", "connector", "password"}
        Where it is met.
    told : Rule
        What is said of it, with ``{origin}``, ``{status}`` and ``{seen}``, the answer as it is.
    statuses : range
        The answer's.
    asks, is_question : bool or None
        See `Met`.
    """

    step: Step
    told: Rule
    statuses: range = range(1000)
    asks: bool | None = None
    is_question: bool | None = None

    def matches(self, met: Met) -> bool:
        """Whether that is what was met."""
        fits = self.step == met.step and met.status in self.statuses
        asks = self.asks in (None, met.asks)
        return fits and asks and self.is_question in (None, met.is_question)


#: A front door, or Dex behind it, that has a problem of its own.
STOPPED = Rule(
    "server-error",
    "the front door at {origin} answers with an error {seen}",
    remedy=reporting(CODES["server-error"].remedy),
)
#: The form of some other program; nothing is posted there.
NOT_DEX = Rule(
    "no-password-form",
    "the sign-in page {called}at {origin} is not Dex's, and got no password",
    remedy="Check the address. If this is how your Kubeflow signs people in, use a token or a "
    "session cookie instead.",
)
#: A front door of another kind.
NO_ENTRY = Rule("no-way-in", "{origin} asks for a sign-in, but not by oauth2-proxy or Dex {seen}")
#: Such as a firewall's page. It may be a front door's, too, that asks in words of its own.
TURNED_AWAY = Rule(
    "no-way-in",
    "{origin} refuses the call, and offers no sign-in by oauth2-proxy or Dex {seen}",
    remedy=reporting(
        f"If people sign in there in another way: {CODES['no-way-in'].remedy} If that is a "
        "firewall, a proxy or a gateway on the way, whoever runs it has to let the call through."
    ),
)
NO_FORM = Rule("no-password-form", "“{title}” at {origin} has no form for a password")
#: Dex took the password and said nothing; it refused none.
HANGS = Rule(
    "directory-down",
    "the sign-in at {origin} got the password and did not answer in time: it, or the directory "
    "behind it, hangs",
)
#: Dex's own 500, “Login error”.
DIRECTORY_DOWN = Rule(
    "directory-down",
    "the sign-in at {origin} answers {status}: the directory behind it is down",
)
#: Such as an ingress that reaches no Dex, or waits for it no longer; it refused no password.
PASSWORD_LOST = Rule(
    "server-error",
    "the front door at {origin} got the password, and answers with an error {seen}",
    remedy=reporting(
        "The password was not refused. Try again later, or tell whoever runs the front door."
    ),
)
#: Whatever is refused at this step was the password, for the front door: it is not tried again.
WRONG_PASSWORD = Rule("wrong-password", "user name or password was not accepted{where}")
#: The first that fits wins; where none does, the sign-in goes on.
SIGN_IN_RULES = (
    SignInRule("page", NOT_DEX, range(500), asks=True),
    # Such as basic auth.
    SignInRule("page", NO_ENTRY, range(401, 404), is_question=True),
    SignInRule("page", TURNED_AWAY, range(401, 404)),
    SignInRule("page", STOPPED, range(400, 600)),
    # Such as Dex's 400, “Connector failed to initialize”.
    SignInRule("connector", STOPPED, range(400, 600), asks=False),
    SignInRule("connector", NO_FORM, asks=False),
    SignInRule("password", HANGS, range(1)),
    SignInRule("password", DIRECTORY_DOWN, range(500, 501)),
    SignInRule("password", PASSWORD_LOST, range(501, 600)),
    SignInRule("password", WRONG_PASSWORD, asks=True),
)

# What is told of a whole sign-in rather than of one answer.

#: Dex's page has neither links nor a form.
NOTHING_OFFERED = Rule(
    "no-password-form", "the sign-in page of {origin} has no form for a password"
)
NO_PASSWORD_TAKEN = Rule(
    "no-password-form", "no way to sign in at {origin} takes a password: it offers {offered}"
)
#: A connector that hands visitors on, such as to GitHub.
LEADS_ON = Rule(
    "no-password-form",
    "the connector “{connector}” at {origin} takes no password: it leads to {there}",
)
NO_SUCH_CONNECTOR = Rule(
    "connector-unknown", "there is no connector “{connector}”; offered: {offered}"
)
#: The password was right, and there is no session all the same: a cookie of the sign-in was old.
NO_SESSION_AFTER_ALL = Rule(
    "no-way-in",
    "the password was accepted, but the sign-in ended without a session ({title})",
    remedy="Try once more. If it stays, use a session cookie from a browser, and tell the "
    "administrator of the front door.",
)
#: Something behind the front door has a reason of its own.
SESSION_REFUSED = NO_SESSION_AFTER_ALL._replace(
    message="the password was accepted, and the session that it led to is refused {seen}",
    remedy=reporting("Try once more. If it stays, whoever runs Kubeflow can tell what is missing."),
)


def explain_step(met: Met, **facts: str) -> KfpConnectError | None:
    """Return the error of the first rule that fits what was met, ``None`` where none does.

    Parameters
    ----------
    met : Met
        What it is.
    **facts : str
        For the texts; ``status`` is added.
    """
    told = next((rule.told for rule in SIGN_IN_RULES if rule.matches(met)), None)
    return told.error(status=str(met.status), **facts) if told is not None else None
