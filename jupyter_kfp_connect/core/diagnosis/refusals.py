"""Why a call was refused: rules over the answer, most telling first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ..auth.tokens import time_of
from ..errors import KfpConnectError, error
from .forbidden import explain_forbidden

_TOKEN_WAYS = ("service-account-token", "bearer-token")


class Refusal(NamedTuple):
    """What was seen of a call that was refused.

    Attributes
    ----------
    status : int
        401, 403 or 400.
    message : str
        What the answer says.
    claims : mapping
        The claims of the token that was sent; empty where none was.
    sent : bool
        Whether any credential was sent.
    way : str
        The `auth` in use.
    subject : str or None
        Who we are, where that is known by other means than the token.
    """

    status: int
    message: str
    claims: Mapping[str, Any]
    sent: bool
    way: str
    subject: str | None = None


class Rule(NamedTuple):
    """One cause: what the message looks like, and what is said of it."""

    pattern: re.Pattern[str]
    code: str
    message: str


#: Recordings ``kfp-token-*`` and ``kfp-list-*``; Istio's texts as its users quote them
#: (pipelines #11025).
RULES = (
    Rule(
        re.compile(
            r"token audiences \[(?P<got>[^]]*)\] is invalid for the target audiences"
            r" \[(?P<wanted>[^]]*)\]"
        ),
        "token-audience",
        "the token is made for the audience {got}; Kubeflow Pipelines takes {wanted}",
    ),
    Rule(
        re.compile(r"Audiences in Jwt are not allowed"),
        "token-audience",
        "the service mesh does not take the token's audience {aud}",
    ),
    Rule(
        re.compile(r"serviceaccounts \"(?P<name>[^\"]+)\" not found"),
        "token-revoked",
        "the ServiceAccount {name} of the token is gone",
    ),
    Rule(
        re.compile(r"token (has|is) expired|Jwt is expired|token has expired"),
        "token-expired",
        "the token has expired{ago}",
    ),
    Rule(
        re.compile(r"Jwt issuer is not configured"),
        "token-issuer",
        "the service mesh does not know the token's issuer {iss}",
    ),
    Rule(
        re.compile(r"^Jwt "),
        "token-refused",
        "the service mesh refuses the token: {said}",
    ),
    Rule(
        re.compile(r"invalid bearer token|Failed to authenticate token review"),
        "token-refused",
        "Kubeflow Pipelines refuses the token",
    ),
)


def explain_refusal(refusal: Refusal) -> KfpConnectError:
    """Return the error that a 400, 401 or 403 of KFP or of the mesh before it stands for."""
    if refusal.status == 403:
        own = refusal.subject or refusal.claims.get("sub")
        return explain_forbidden(refusal.message, sent=refusal.sent, subject=str(own or ""))
    if "empty namespace" in refusal.message:
        return error("namespace-needed", "Kubeflow Pipelines asks for a namespace")
    if refusal.status == 400:
        said = refusal.message[:200]
        return error("server-error", f"Kubeflow Pipelines takes no list of experiments: {said}")
    if (refusal.sent and refusal.claims) or refusal.way in _TOKEN_WAYS:
        return _of_token(refusal)
    if "no user identity header" in refusal.message and not refusal.sent:
        return error(
            "gateway-bypassed",
            "this Kubeflow Pipelines has users, but the address passes by the gateway that signs "
            "them in",
            remedy="Forward the gateway instead of ml-pipeline-ui, then connect to "
            "http://localhost:8080/pipeline.",
            remedy_copy="kubectl port-forward --namespace istio-system "
            "svc/istio-ingressgateway 8080:80",
        )
    if refusal.way == "session-cookie":
        return error("cookie-refused", "the cookie is no session here, or its session is over")
    return error("sign-in-needed", "nobody is signed in")


def _of_token(refusal: Refusal) -> KfpConnectError:
    facts = {
        "aud": _listed(refusal.claims.get("aud")),
        "iss": refusal.claims.get("iss", "(unknown)"),
        "said": refusal.message[:200],
        "ago": _ago(refusal.claims.get("exp")),
    }
    for rule in RULES:
        match = rule.pattern.search(refusal.message)
        if match is None:
            continue
        if rule.code == "token-refused" and facts["ago"]:
            return error("token-expired", f"the token has expired{facts['ago']}")
        named = {key: _listed(value) for key, value in match.groupdict().items()}
        return error(rule.code, rule.message.format_map(facts | named))
    if facts["ago"]:
        return error("token-expired", f"the token has expired{facts['ago']}")
    return error("token-refused", "the token was not accepted")


def _listed(value: object) -> str:
    """Return ``a, b`` for a list, a quoted list as Go prints it, or a text."""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(entry) for entry in value)
    return ", ".join(str(value).replace('"', " ").split()) if value else "(none)"


def _ago(exp: object) -> str:
    when = time_of(exp)
    if when is None or when > datetime.now(timezone.utc):
        return ""
    return f" on {when:%Y-%m-%d at %H:%M} UTC by this machine's clock"
