"""What a look finds hides why nobody is signed in only where it is news."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_kfp_connect.core.auth.front_door import Connector
from jupyter_kfp_connect.core.errors import error
from jupyter_kfp_connect.core.wanted import SignInWanted
from jupyter_kfp_connect.server.last_refusal import LastRefusal

TOKEN, PASSWORD = SignInWanted("token"), SignInWanted("password")
OFFERED = SignInWanted("password", (Connector("ldap", "LDAP"),))


@pytest.mark.parametrize(
    ("last", "found", "has_credential", "stands"),
    [
        ("token-audience", "sign-in-needed", False, True),
        ("token-audience", "gateway-bypassed", False, True),
        ("token-audience", "forbidden-by-mesh", False, True),
        ("forbidden-by-mesh", "forbidden-by-mesh", False, True),
        ("directory-down", "sign-in-needed", False, True),
        # Another credential was sent, such as a mounted token.
        ("token-audience", "token-revoked", True, False),
        # The host is the news, or was what had failed.
        ("token-audience", "connection-refused", False, False),
        ("server-error", "sign-in-needed", False, False),
        ("token-audience", "unexpected", False, False),
    ],
)
def test_a_refusal_stands_against_what_is_found_without_it(
    last: str, found: str, has_credential: bool, stands: bool
) -> None:
    climb: Any = SimpleNamespace(has_credential=has_credential)
    refusal = LastRefusal(error(last, "m"), TOKEN)
    assert refusal.stands(error(found, "m"), climb) is stands


@pytest.mark.parametrize(
    ("then", "now", "form"),
    [
        (TOKEN, OFFERED, TOKEN),
        (TOKEN, None, TOKEN),
        (PASSWORD, OFFERED, OFFERED),
        (None, OFFERED, OFFERED),
    ],
)
def test_the_form_is_that_of_then_with_what_is_offered_now(
    then: SignInWanted | None, now: SignInWanted | None, form: SignInWanted
) -> None:
    assert LastRefusal(error("token-audience", "m"), then).form(now) is form
