"""A 401 with a reason that no rule knows is shown to whoever signed in, in whatever way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_kfp_connect.core.auth.base import Given
from jupyter_kfp_connect.core.diagnosis.unknown import ISSUES
from jupyter_kfp_connect.core.errors import KfpConnectError, SignInNeeded
from jupyter_kfp_connect.core.http import Answer
from jupyter_kfp_connect.core.network_rules import PORT_FORWARDS
from jupyter_kfp_connect.kernel.client import KubeflowClient
from tests.core.answers import as_json, healthz, recorded, signed_out
from tests.core.climbing import Ascent
from tests.core.fakes import PASSWORD, USER, given
from tests.core.script import ACCEPTED, BACK, FORM, TO_FORM
from tests.kernel.fake_kfp import Answer as KfpAnswer
from tests.kernel.fake_kfp import FakeKfp, running_kfp
from tests.kernel.fake_source import FakeSource, make_lease

from .catalogued import HEALTHZ, LIST, climb, shows, told

COOKIE = given(cookies="oauth2_proxy_kubeflow=opensesame")
LOGIN = given(username=USER, password=PASSWORD)
WAYS = pytest.mark.parametrize(
    ("who", "code"), [(COOKIE, "cookie-refused"), (LOGIN, "session-over")], ids=["cookie", "dex"]
)
SAID = "policy 17 says no"
NO_HEADER = recorded("kfp-list-no-credentials", LIST)


def comes_to(reply: Answer, who: Given) -> Ascent:
    """Sign in as `who` where healthz takes it, and a list is answered with `reply`."""
    replies: dict[str, Any] = {each.url.partition("?")[0]: each for each in (*TO_FORM, BACK)}
    form = FORM.partition("?")[0]
    replies[form] = lambda request: TO_FORM[3] if request.form is None else ACCEPTED
    return climb(replies | {HEALTHZ: healthz(), reply.url: reply}, who, namespace="team-a")


@WAYS
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps({"message": f"{SAID}; password=hunter2x"})),
        ("text/plain", f"{SAID}; password=hunter2x"),
    ],
)
def test_a_reason_that_no_rule_knows_is_shown_and_no_sign_in_without_end_is_asked_for(
    who: Given, code: str, kind: str, body: str
) -> None:
    reply = Answer(401, LIST, [("content-type", kind)], body.encode())
    problem = comes_to(reply, who).failed(code)
    assert f"(401, {kind}): “{SAID}; password=•••”" in problem.message
    assert "answered in the same way" in problem.remedy
    assert ISSUES in problem.remedy


@WAYS
def test_what_was_signed_in_with_is_not_shown_where_a_reason_repeats_it(
    who: Given, code: str
) -> None:
    said = f"{SAID} to opensesame and session-1".ljust(297) + "session-1"
    problem = comes_to(as_json(LIST, {"message": said}, 401), who).failed(code)
    assert SAID in problem.message
    sent = "opensesame" if who is COOKIE else "session-1"
    assert sent not in f"{problem} {problem!r}"


@WAYS
@pytest.mark.parametrize(
    "reply", [signed_out(LIST), Answer(401, LIST), Answer(401, LIST, [], b"Unauthorized\n")]
)
def test_a_401_without_a_reason_only_asks_for_a_sign_in(
    who: Given, code: str, reply: Answer
) -> None:
    problem = comes_to(reply, who).failed(code)
    assert "401" not in problem.message
    assert ISSUES not in problem.remedy


def test_a_cookie_that_is_turned_away_before_kfp_is_shown_why() -> None:
    replies = {HEALTHZ: as_json(HEALTHZ, {"error": SAID}, 401)}
    problem = climb(replies, COOKIE).failed("cookie-refused")
    assert f'(401, application/json): “{{"error": "{SAID}"}}”' in problem.message
    assert ISSUES in problem.remedy


def test_who_needs_no_sign_in_and_is_refused_all_the_same_is_shown_why() -> None:
    reply = as_json(LIST, {"message": SAID}, 401)
    problem = climb({HEALTHZ: healthz(), LIST: reply}).failed("sign-in-needed")
    assert f"(401, application/json): “{SAID}”" in problem.message
    assert ISSUES in problem.remedy


@shows("gateway-passed-by")
def test_a_sign_in_that_does_not_reach_kfp_is_not_asked_for_again() -> None:
    problem = comes_to(NO_HEADER, LOGIN).failed("gateway-bypassed")
    told(problem, "gateway-passed-by", copy=PORT_FORWARDS[8080])
    assert "administrator" in problem.remedy
    assert not isinstance(problem, SignInNeeded)


@pytest.fixture
def api() -> Iterator[FakeKfp]:
    with running_kfp() as fake:
        yield fake


def called(api: FakeKfp, reply: KfpAnswer, **lease: Any) -> KfpConnectError:
    """Let a call of a notebook be refused, also with whatever can be renewed."""
    api.respond = lambda asked: reply
    with pytest.raises(KfpConnectError) as caught:
        KubeflowClient(FakeSource(make_lease(api.host, **lease))).list_experiments()
    return caught.value


def test_a_call_that_a_renewed_session_does_not_help_shows_the_reason(api: FakeKfp) -> None:
    problem = called(api, KfpAnswer.json({"message": f"{SAID} to session-1"}, 401))
    assert problem.code == "session-over"
    assert f"(401, application/json): “{SAID} to •••”" in problem.message
    assert ISSUES in problem.remedy
    assert len(api.asked) == 2


@shows("gateway-passed-by")
def test_a_call_that_comes_to_kfp_without_its_user_says_so(api: FakeKfp) -> None:
    problem = called(api, KfpAnswer(401, NO_HEADER.body, {"Content-Type": "application/json"}))
    told(problem, "gateway-passed-by", copy=PORT_FORWARDS[8080])


@WAYS
def test_a_later_call_of_a_session_that_nothing_renews_shows_the_reason(
    who: Given, code: str
) -> None:
    ascent = comes_to(as_json(LIST, {"experiments": []}), who)
    session = ascent.connected()
    session.forget_password()
    told_by_kfp = json.dumps({"message": SAID}).encode()
    for body, shows_it in ((told_by_kfp, True), (b"{}", False)):
        with pytest.raises(SignInNeeded) as caught:
            session.refused(session.generation, (401, body))
        assert caught.value.code == code
        assert (SAID in caught.value.message) is shows_it
        assert (ISSUES in caught.value.remedy) is shows_it
