"""Whether a refusal gives a reason of its own, which a user has to see where no rule knows it."""

from __future__ import annotations

import re

#: oauth2-proxy's answer to a call of an API, and with `bearer_token_login_fallback` off; what it
#: and others answer to whom they ask for; a page for people; nothing at all.
_NONE = r"\s*(?:\{\s*\}|Unauthorized|Forbidden|<.*)?\s*\Z"
NO_REASON = re.compile(rf"\A{_NONE}", re.DOTALL)
A_REASON = re.compile(rf"\A(?!{_NONE})", re.DOTALL)
#: Characters that are looked at, of what a host may have made to be slow.
_MOST = 300


def gives_reason(said: str) -> bool:
    """Whether `said`, of an answer that refuses, is more than that it does."""
    return bool(A_REASON.match(said.lstrip()[:_MOST]))


def is_over(status: int, said: str) -> bool:
    """Whether an answer that asks for a sign-in says no more than that: a session is over, then."""
    return status != 401 or not gives_reason(said)
