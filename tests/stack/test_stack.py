"""The stack answers as a real Kubeflow's front door was recorded to."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from tests.stack import dex
from tests.stack.oauth2_proxy import COOKIE_NAME
from tests.stack.pages import (
    HEALTHZ,
    FormReader,
    open_sign_in,
    paths,
    recording,
    send_password,
    signed_in,
)
from tests.stack.plugin import StackFactory
from tests.stack.stack import Stack

#: Long enough to sign in on a busy machine.
SHORT = "8s"


def test_a_page_without_a_session_is_the_sign_in_page(stack: Stack) -> None:
    recorded = recording("gateway-page-signed-out")["response"]
    with stack.session() as session:
        answer = session.get(stack.host, timeout=10)
    page = FormReader(answer.text)
    assert answer.status_code == recorded["status"] == 403
    assert answer.headers["content-type"] == recorded["headers"]["content-type"]
    assert page.title == recorded["body"]["html"]["title"]
    assert page.form == recorded["body"]["html"]["form"]


@pytest.mark.parametrize(
    ("cookies", "name"),
    [
        ({}, "gateway-api-signed-out"),
        ({COOKIE_NAME: "made-up"}, "gateway-api-bad-cookie"),
    ],
)
def test_an_api_call_without_a_session_is_401_and_no_page(
    stack: Stack, cookies: dict[str, str], name: str
) -> None:
    recorded = recording(name)["response"]
    with stack.session() as session:
        answer = session.get(stack.gateway + HEALTHZ, cookies=cookies, timeout=10)
    assert answer.status_code == recorded["status"] == 401
    assert answer.headers["content-type"] == recorded["headers"]["content-type"]
    assert answer.headers.get("set-cookie") == recorded["headers"].get("set-cookie")
    assert answer.json() == recorded["body"] == {}


def test_a_sign_in_starts_with_a_redirect_to_dex_and_a_one_time_cookie(stack: Stack) -> None:
    recorded = recording("gateway-oauth2-start")["response"]
    with stack.session() as session:
        answer = session.get(
            f"{stack.gateway}/oauth2/start?rd=/pipeline", allow_redirects=False, timeout=10
        )
    there, then = (
        urlsplit(each) for each in (answer.headers["location"], recorded["headers"]["location"])
    )
    assert answer.status_code == recorded["status"] == 302
    assert (there.netloc, there.path) == (then.netloc, then.path)
    fixed = {
        "client_id",
        "code_challenge_method",
        "prompt",
        "redirect_uri",
        "response_type",
        "scope",
    }
    query, its_query = parse_qs(there.query), parse_qs(then.query)
    assert query.keys() == its_query.keys()
    assert {key: query[key] for key in fixed} == {key: its_query[key] for key in fixed}
    blanked = re.sub(r"=[^;]+;", "=VALUE;", answer.headers["set-cookie"], count=1)
    assert blanked == recorded["headers"]["set-cookie"]


def test_the_redirects_end_at_dex_s_password_form(stack: Stack) -> None:
    recorded = recording("dex-login-page")
    with stack.session() as session:
        answer = open_sign_in(stack, session)
    page = FormReader(answer.text)
    assert paths(answer)[1:] == [urlsplit(hop).path for hop in recorded["hops"]]
    assert answer.status_code == recorded["response"]["status"] == 200
    assert page.title == recorded["response"]["body"]["html"]["title"]
    assert page.shape() == recorded["response"]["body"]["html"]["form"]


def test_a_wrong_password_brings_the_form_again_with_401(stack: Stack) -> None:
    recorded = recording("dex-login-wrong-password")["response"]
    before = stack.sign_in_count()
    with stack.session() as session:
        answer = send_password(session, open_sign_in(stack, session), stack.username, "wrong")
    assert answer.status_code == recorded["status"] == 401
    assert FormReader(answer.text).shape() == recorded["body"]["html"]["form"]
    assert stack.sign_in_count() == before + 1


def test_the_right_password_leads_to_kfp_s_own_answer(stack: Stack) -> None:
    recorded = recording("dex-login-ok")
    with stack.session() as session:
        answer = send_password(
            session, open_sign_in(stack, session), stack.username, stack.password
        )
        lifetime = re.search(
            rf"{COOKIE_NAME}=[^;]+; Path=/; Max-Age=(\d+); HttpOnly",
            answer.history[-1].headers["set-cookie"],
        )
    assert [hop.status_code for hop in answer.history] == [
        hop["status"] for hop in recorded["hops"]
    ]
    assert lifetime
    assert int(lifetime[1]) == 24 * 3600
    assert urlsplit(answer.url).path == HEALTHZ
    assert answer.json()["multi_user"] is True


def test_a_signed_in_user_reaches_kfp_under_their_own_name(stack: Stack) -> None:
    with signed_in(stack) as session:
        experiments = session.get(
            f"{stack.host}/apis/v2beta1/experiments",
            params={"namespace": stack.namespace},
            timeout=10,
        )
        who = session.get(f"{stack.gateway}/api/workgroup/env-info", timeout=10)
    assert experiments.status_code == 200
    assert who.json() == {
        "user": stack.username,
        "isClusterAdmin": False,
        "namespaces": [{"namespace": stack.namespace, "role": "owner", "user": stack.username}],
    }


def test_an_identity_header_from_outside_is_not_believed(stack: Stack) -> None:
    url = f"{stack.gateway}/api/workgroup/env-info"
    claim = {"kubeflow-userid": "admin@example.com"}
    with stack.session() as session:
        assert session.get(url, headers=claim, timeout=10).status_code == 401
    with signed_in(stack) as session:
        assert session.get(url, headers=claim, timeout=10).json()["user"] == stack.username


def test_the_api_behind_the_gateway_knows_nobody_by_itself(stack: Stack) -> None:
    with stack.session() as session:
        answer = session.get(
            f"{stack.api_host}/apis/v2beta1/experiments",
            params={"namespace": stack.namespace},
            timeout=10,
        )
    assert answer.status_code == 401


def test_a_short_session_really_ends(stack_with: StackFactory) -> None:
    stack = stack_with(cookie_expire=SHORT)
    with signed_in(stack) as session:
        session.cookies.set(
            COOKIE_NAME, stack.session_cookies()[-1]
        )  # one that outlives its Max-Age
        stack.wait_for_session_end()
        answer = session.get(stack.gateway + HEALTHZ, timeout=10)
    assert answer.status_code == 401
    assert answer.json() == {}


def test_a_sign_in_half_done_is_lost_when_dex_starts_anew(stack_with: StackFactory) -> None:
    stack = stack_with(cookie_expire=SHORT)
    with stack.session() as session:
        form = open_sign_in(stack, session)
        stack.restart_dex()
        assert send_password(session, form, stack.username, stack.password).status_code >= 400
        assert (
            send_password(
                session, open_sign_in(stack, session), stack.username, stack.password
            ).status_code
            == 200
        )


def test_a_dex_on_hold_keeps_a_sign_in_waiting(stack: Stack) -> None:
    with stack.session() as session:
        form = open_sign_in(stack, session)
        with stack.dex_on_hold(), pytest.raises(requests.exceptions.ReadTimeout):
            session.get(form.url, timeout=0.5)
        assert session.get(form.url, timeout=10).status_code == 200


def test_what_was_created_behind_the_gateway_is_the_user_s(stack: Stack) -> None:
    stack.have_experiment("made for the stack's own test")
    with signed_in(stack) as session:
        listed = session.get(
            f"{stack.host}/apis/v2beta1/experiments",
            params={"namespace": stack.namespace, "page_size": "100"},
            timeout=10,
        ).json()
    names = [each["display_name"] for each in listed["experiments"]]
    assert "made for the stack's own test" in names


def test_an_unusual_password_takes_the_place_of_kubeflow_s(stack_with: StackFactory) -> None:
    stack = stack_with(unusual_password=True)
    assert stack.password != dex.PASSWORD
    with signed_in(stack) as session:
        assert session.get(stack.gateway + HEALTHZ, timeout=10).status_code == 200
    with stack.session() as session:
        form = open_sign_in(stack, session)
        answer = send_password(session, form, stack.username, dex.PASSWORD)
    assert answer.status_code == 401


def test_connectors_are_chosen_and_access_is_approved(stack_with: StackFactory) -> None:
    stack = stack_with(approval=True, second_connector=True)
    with stack.session() as session:
        choice = open_sign_in(stack, session)
        offered = [
            html.unescape(link) for link in re.findall(r'href="(/dex/auth/[^"]+)"', choice.text)
        ]
        assert [urlsplit(link).path for link in offered] == ["/dex/auth/ldap", "/dex/auth/local"]
        form = session.get(urljoin(choice.url, offered[0]), timeout=10)
        screen = send_password(session, form, dex.SECOND_USERNAME, dex.SECOND_PASSWORD)
        assert urlsplit(screen.url).path == "/dex/approval"
        answer = _approve(session, screen)
        assert urlsplit(answer.url).path == HEALTHZ
        who = session.get(f"{stack.gateway}/api/workgroup/env-info", timeout=10)
    assert who.json()["user"] == dex.SECOND_EMAIL


def test_a_private_ca_is_refused_until_it_is_named(stack_with: StackFactory) -> None:
    stack = stack_with(https=True)
    with requests.Session() as stranger:
        stranger.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            stranger.get(stack.gateway, timeout=10)
    with signed_in(stack) as session:
        assert session.get(stack.gateway + HEALTHZ, timeout=10).status_code == 200


def _approve(session: requests.Session, screen: requests.Response) -> requests.Response:
    fields = {
        field["name"]: field["value"]
        for field in FormReader(screen.text).form
        if field.get("value")
    }
    return session.post(screen.url, data={**fields, "approval": "approve"}, timeout=10)
