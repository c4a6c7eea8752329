"""What a refused token says of itself, in the words of rules and as commands for another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone

from ..auth.tokens import time_of
from ..environment import AUDIENCE
from ..errors import KfpConnectError
from ..manifests import ServiceAccount, manifest
from ..shown import shown
from .clear_text import clear_text_warning
from .mesh_refusals import direct_address
from .rules import Refusal
from .unknown import masked

#: A clock that is off by less than this refuses nothing.
_SLACK = timedelta(seconds=60)
_IN_A_COMMAND = re.compile(r"[A-Za-z0-9][\w.:/@-]{0,199}", re.ASCII)


def create_token(account: ServiceAccount, audiences: Sequence[str] = (AUDIENCE,)) -> str:
    """Return the command that makes a token of `account`; for the cluster's own audience if none.

    Parameters
    ----------
    account : ServiceAccount
        Whose.
    audiences : sequence of str, optional
        What it is for.
    """
    asked = "".join(f" --audience {audience}" for audience in audiences)
    return f"kubectl create token {account.name} --namespace {account.namespace}{asked}"


def facts_of_token(refusal: Refusal, caught: Mapping[str, str]) -> Mapping[str, str]:
    """Return what rules say of a refused token, from its claims and what their pattern caught."""
    claims, now = refusal.claims, datetime.now(timezone.utc)
    ends = time_of(claims.get("exp"))
    over = ends is not None and ends <= now
    audiences = _listed(claims.get("aud"))
    account = _account_of(claims.get("sub"))
    given = account if refusal.way == "bearer-token" else None
    foreign, issuer = AUDIENCE not in audiences, shown(str(claims.get("iss", "")))
    named = _listed(caught.get("wanted", "")).partition(", ")[0]
    may_want = _IN_A_COMMAND.fullmatch(named) and not _of_api_server(named, claims)
    wants = named if may_want else AUDIENCE
    is_safe = clear_text_warning(refusal.host) is None
    starts = max(filter(None, map(time_of, (claims.get("nbf"), claims.get("iat")))), default=now)
    return {
        "aud": audiences,
        "foreign": audiences if account and foreign else "",
        "iss": issuer or "(unknown)",
        "by": f"; its issuer is {issuer}" if issuer else "",
        "said": masked(refusal.message)[:200],
        "ago": f" on {_written(ends)} by this machine's clock" if ends and over else "",
        "until": _written(ends) if ends and not over else "",
        "holds": f", and holds until {_written(ends)} by this machine's clock" if ends else "",
        "ahead": f"it starts on {_written(starts)}" if starts - now > _SLACK else "",
        "wants": wants,
        "direct": direct_address(refusal),
        "pod_default": manifest("pod-default", account.namespace, (), wants).text
        if account
        else "",
        "accounts": f"kubectl get serviceaccounts --namespace {given.namespace}" if given else "",
        "new_token": create_token(given, (wants,)) if given else "",
        "same_token": create_token(given, _sayable(claims.get("aud"))) if given else "",
        "plain_token": create_token(given, ()) if given and not foreign and is_safe else "",
        **{key: _listed(value) for key, value in caught.items()},
    }


def _account_of(subject: object) -> ServiceAccount | None:
    """Return the ServiceAccount that a token's ``sub`` names."""
    _, found, account = str(subject).partition("system:serviceaccount:")
    try:
        return ServiceAccount.parse(account.replace(":", "/", 1)) if found else None
    except KfpConnectError:
        return None


def _listed(value: object) -> str:
    """Return ``a, b`` for a list, a quoted list as Go prints it, or a text."""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(entry) for entry in value)
    return ", ".join(str(value).replace('"', " ").split()) if value else "(none)"


def _sayable(audiences: object) -> Sequence[str]:
    """Return a token's audiences as a command can name them; that of KFP where it cannot."""
    each = [audiences] if isinstance(audiences, str) else audiences
    if isinstance(each, list) and each and all(_IN_A_COMMAND.fullmatch(str(one)) for one in each):
        return each
    return (AUDIENCE,)


def _of_api_server(audience: str, claims: Mapping[str, object]) -> bool:
    """Whether a token for `audience` serves at the Kubernetes API: no host gets one by asking."""
    return "kubernetes.default" in audience or audience in (claims.get("iss"), "kubernetes")


def _written(when: datetime) -> str:
    return f"{when:%Y-%m-%d at %H:%M} UTC"
