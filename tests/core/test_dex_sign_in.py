"""Every shape of Kubeflow's sign-in leads to a session, the password posted once."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect.core.auth.dex import Asked
from jupyter_kfp_connect.core.http import Answer

from .answers import (
    CSRF,
    HEALTHZ,
    HOST,
    ORIGIN,
    SESSION,
    as_json,
    healthz,
    page,
    recorded,
    signed_out,
    to,
)
from .fakes import PASSWORD, USER, connection
from .script import ACCEPTED, ARRIVAL, AUTH, BACK, CALLBACK, FORM, START, TO_FORM, Script, chooser
from .test_dex_refusals import fails

ONE_CONNECTOR = TO_FORM[1:]


def test_the_usual_way_takes_seven_requests_and_proves_the_session_on_the_last() -> None:
    script = Script()
    end = script.arrive(*TO_FORM, *ARRIVAL)
    assert len(script.requests) == 7
    assert script.query(0) == {"rd": ["/pipeline/apis/v2beta1/healthz"]}
    assert end.healthz.json()["multi_user"] is True
    assert end.connector is not None
    assert end.connector.id == "local"


def test_name_and_password_are_posted_once_to_the_address_with_its_escapes_undone() -> None:
    script = Script()
    script.arrive(*TO_FORM, *ARRIVAL)
    (post,) = script.posts
    assert post.method == "POST"
    assert post.url == FORM
    assert "&amp;" not in post.url
    assert post.form == {"login": USER, "password": PASSWORD}
    assert all(PASSWORD not in request.url for request in script.requests)


def test_each_step_sends_the_cookies_that_the_steps_before_it_set() -> None:
    script = Script()
    script.arrive(*TO_FORM, *ARRIVAL)
    sent = [request.headers.get("Cookie") for request in script.requests]
    csrf = "oauth2_proxy_kubeflow_csrf=csrf-1"
    assert sent == [None, *[csrf] * 5, "oauth2_proxy_kubeflow=session-1"]


def test_a_host_that_asks_nobody_is_left_alone() -> None:
    script = Script()
    end = script.run(first=healthz())
    assert script.requests == []
    assert not isinstance(end, Asked)
    assert end.cookies.header(HEALTHZ) is None
    assert end.connector is None


def test_a_sign_in_page_with_403_is_started_as_its_form_says() -> None:
    first = recorded("gateway-page-signed-out", HEALTHZ)
    script = Script()
    script.arrive(*TO_FORM, *ARRIVAL, first=first)
    assert script.query(0) == {"rd": ["/pipeline/apis/v2beta1/healthz"]}


def test_a_start_at_another_path_is_read_off_the_sign_in_page() -> None:
    form = '<form action="/sso/oauth2/start"><input type=hidden name=rd value=/></form>'
    script = Script()
    script.arrive(
        Answer(404, START),
        page(f"{HOST}/", form, 403),
        to(f"{ORIGIN}/sso/oauth2/start", "/dex/auth?client_id=c&state=s", CSRF),
        *TO_FORM[1:],
        *ARRIVAL,
    )


def test_the_sign_in_page_in_the_place_of_the_start_says_where_to_start() -> None:
    form = '<form action="/sso/oauth2/start"><input type=hidden name=rd value=/></form>'
    sso = to(f"{ORIGIN}/sso/oauth2/start", "/dex/auth?client_id=c&state=s", CSRF)
    Script().arrive(page(START, form, 403), sso, *TO_FORM[1:], *ARRIVAL)


class TestUnderAPath:
    HOST = f"{ORIGIN}/kubeflow/pipeline"
    AT = f"{HOST}/apis/v2beta1/healthz"
    START = f"{ORIGIN}/kubeflow/oauth2/start"
    TO_DEX = "/dex/auth?client_id=c&state=s"
    REST = (*TO_FORM[1:], ACCEPTED, to(CALLBACK, AT, SESSION))

    def arrive(self, *start: Answer, first: Answer | None = None) -> Script:
        """Sign in at a Kubeflow under a path, whose sign-in starts so."""
        script = Script(connection(host=self.HOST))
        first = first or signed_out(self.AT)
        script.arrive(*start, *self.REST, healthz(self.AT), first=first)
        return script

    def test_the_start_beside_the_dashboard_is_tried_first_and_costs_nothing_more(self) -> None:
        script = self.arrive(to(self.START, self.TO_DEX, CSRF))
        assert len(script.requests) == 7
        assert script.query(0) == {"rd": ["/kubeflow/pipeline/apis/v2beta1/healthz"]}

    def test_what_the_front_door_names_itself_comes_before_any_usual_path(self) -> None:
        named = f"{ORIGIN}/door/oauth2/start"
        form = '<form action="/door/oauth2/start"><input type=hidden name=rd value=/></form>'
        start = to(named, self.TO_DEX, CSRF)
        self.arrive(start, first=page(self.AT, form, 403))
        self.arrive(Answer(404, self.START), page(f"{self.HOST}/", form, 403), start)

    def test_the_root_which_may_be_somebody_elses_comes_last(self) -> None:
        self.arrive(
            Answer(404, self.START),
            Answer(404, f"{self.HOST}/"),
            to(START, self.TO_DEX, CSRF),
        )
        script = Script(connection(host=self.HOST))
        nothing = (Answer(404, self.START), Answer(404, f"{self.HOST}/"), Answer(404, START))
        assert fails(script, *nothing, first=signed_out(self.AT)).code == "no-way-in"


def test_a_front_door_that_shows_dexs_form_for_any_page_is_walked() -> None:
    script = Script()
    login = recorded("dex-login-page")
    script.arrive(Answer(403, START), to(f"{HOST}/", FORM), login, *ARRIVAL)


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_redirect_at_once_is_followed_with_the_cookie_that_came_with_it(status: int) -> None:
    # skip_provider_button of oauth2-proxy, and the older oidc-authservice.
    first = to(HEALTHZ, "/dex/auth?client_id=c&state=s", CSRF, status=status)
    script = Script()
    script.arrive(*ONE_CONNECTOR, *ARRIVAL, first=first)
    assert script.requests[0].headers["Cookie"] == "oauth2_proxy_kubeflow_csrf=csrf-1"


def test_an_authservice_session_is_as_good() -> None:
    session = "authservice_session=session-1; Path=/; HttpOnly"
    first = to(HEALTHZ, "/dex/auth?client_id=c&state=s", "oidc_state_csrf=1; Path=/")
    back = to(CALLBACK, "/pipeline/apis/v2beta1/healthz", session)
    script = Script()
    end = script.run(*ONE_CONNECTOR, ACCEPTED, back, healthz(), first=first)
    assert not isinstance(end, Asked)
    assert "authservice_session=session-1" in (end.cookies.header(HEALTHZ) or "")
    assert end.cookies.expires_at(["authservice_session"]) is None


class TestSeveralConnectors:
    LDAP = (
        to(f"{AUTH}/ldap?client_id=c&state=s", "/dex/auth/ldap/login?back=x&state=STATE"),
        page(
            f"{AUTH}/ldap/login?back=x&state=STATE",
            '<form method="post" action="/dex/auth/ldap/login?back=x&amp;state=STATE">'
            "<input name=login><input name=password type=password></form>",
        ),
    )

    def test_the_one_that_was_named_is_used(self) -> None:
        script = Script(connector="ldap")
        accepted = to(f"{AUTH}/ldap/login", "/oauth2/callback?code=c&state=s", status=303)
        end = script.arrive(
            TO_FORM[0], chooser("local", "ldap"), *self.LDAP, accepted, BACK, healthz()
        )
        assert end.connector is not None
        assert (end.connector.id, end.connector.title) == ("ldap", "LDAP")
        assert len(script.passwords) == 1

    def test_the_connections_own_is_used_unless_another_is_typed(self) -> None:
        script = Script(connection(connector="ldap"))
        accepted = to(f"{AUTH}/ldap/login", "/oauth2/callback?code=c&state=s", status=303)
        script.arrive(TO_FORM[0], chooser("local", "ldap"), *self.LDAP, accepted, BACK, healthz())
        typed = Script(connection(connector="ldap"), connector="local")
        typed.arrive(TO_FORM[0], chooser("local", "ldap"), *TO_FORM[2:], *ARRIVAL)

    def test_local_is_taken_where_a_password_was_given_and_none_was_named(self) -> None:
        script = Script()
        end = script.arrive(TO_FORM[0], chooser("ldap", "local"), *TO_FORM[2:], *ARRIVAL)
        assert end.connector is not None
        assert end.connector.id == "local"

    def test_a_person_is_asked_where_none_was_named_and_none_is_local(self) -> None:
        script = Script()
        end = script.run(TO_FORM[0], chooser("corp", "ldap"))
        assert isinstance(end, Asked)
        assert [connector.id for connector in end.connectors] == ["corp", "ldap"]
        assert script.posts == []

    def test_a_person_is_asked_where_no_password_was_given(self) -> None:
        script = Script(asks="for what is offered")
        end = script.run(TO_FORM[0], chooser("local", "ldap"))
        assert isinstance(end, Asked)
        assert [connector.title for connector in end.connectors] == ["LOCAL", "LDAP"]

    def test_the_only_one_that_takes_a_password_is_used_unasked(self) -> None:
        script = Script()
        offers = chooser(github="github", corp="ldap", google="oidc")
        chosen = to(f"{AUTH}/corp", "/dex/auth/corp/login?state=STATE")
        form = page(f"{AUTH}/corp/login", "<form method=post><input name=password type=password>")
        accepted = to(f"{AUTH}/corp/login", "/oauth2/callback?code=c&state=s", status=303)
        end = script.arrive(TO_FORM[0], offers, chosen, form, accepted, BACK, healthz())
        assert end.connector is not None
        assert end.connector.id == "corp"

    def test_those_that_take_no_password_are_not_offered_for_one(self) -> None:
        script = Script()
        end = script.run(TO_FORM[0], chooser("own", corp="ldap", github="github", sso="saml"))
        assert isinstance(end, Asked)
        # Whatever an administrator's own theme does not tell may take one.
        assert [connector.id for connector in end.connectors] == ["own", "corp"]

    def test_the_only_one_is_used_whatever_it_is_called(self) -> None:
        script = Script()
        accepted = to(f"{AUTH}/ldap/login", "/oauth2/callback?code=c&state=s", status=303)
        script.arrive(TO_FORM[0], chooser("ldap"), *self.LDAP, accepted, BACK, healthz())


def test_without_a_password_the_form_is_found_and_nothing_posted() -> None:
    script = Script(asks="for what is offered")
    end = script.run(*TO_FORM)
    assert isinstance(end, Asked)
    assert [connector.id for connector in end.connectors] == ["local"]
    assert script.posts == []


class TestApproval:
    AT = f"{ORIGIN}/dex/approval?req=r&hmac=h"
    ASKED = to(FORM, "/dex/approval?req=r&hmac=h", status=303)
    GRANTED = to(AT, "/oauth2/callback?code=c&state=s", status=303)

    def test_the_grant_that_dex_asks_for_is_given(self) -> None:
        asks = page(
            self.AT,
            "<form method=post><input type=hidden name=req value=r>"
            "<input type=hidden name=approval value=approve></form>",
        )
        script = Script()
        script.arrive(*TO_FORM, self.ASKED, asks, self.GRANTED, BACK, healthz())
        assert script.posts[1].form == {"req": "r", "approval": "approve"}
        assert script.posts[1].url == self.AT
        assert len(script.passwords) == 1

    def test_the_grant_is_given_where_the_page_holds_no_form_for_it(self) -> None:
        script = Script()
        bare = as_json(self.AT, {"message": "unsupported request method"}, 400)
        script.arrive(*TO_FORM, self.ASKED, bare, self.GRANTED, BACK, healthz())
        assert script.posts[1].form == {"approval": "approve"}


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_sign_in_that_ends_on_a_broken_page_counts_by_its_session(status: int) -> None:
    script = Script()
    back = to(CALLBACK, "/", SESSION)
    script.arrive(*TO_FORM, ACCEPTED, back, page(f"{ORIGIN}/", "oh no", status), healthz())


def test_a_broken_answer_at_healthz_itself_is_asked_for_once_more() -> None:
    script = Script()
    script.arrive(*TO_FORM, ACCEPTED, BACK, Answer(503, HEALTHZ), healthz())


def test_a_403_at_the_callback_counts_by_the_session_that_came_with_it() -> None:
    script = Script()
    stale = page(CALLBACK, "Unable to find a valid CSRF token", 403, SESSION)
    script.arrive(*TO_FORM, ACCEPTED, stale, healthz())
    assert len(script.passwords) == 1
