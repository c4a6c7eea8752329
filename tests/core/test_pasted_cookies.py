"""Whatever a person copies out of a browser is a cookie, or is told to be none and not repeated."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect.core.auth.pasted_cookies import read_cookies
from jupyter_kfp_connect.core.errors import SignInNeeded

HOST = "https://kubeflow.example.com/pipeline"
SIGNED = "c2VjcmV0LXNlc3Npb24tdmFsdWU=|1795000000|c2lnbmF0dXJl="
PAIR = f"oauth2_proxy_kubeflow={SIGNED}"
ROW = (
    f"oauth2_proxy_kubeflow\t{SIGNED}\tkubeflow.example.com\t/\t2026-11-25T10:00:00.000Z\t123\t✓\t"
)
CURL = """curl 'https://kubeflow.example.com/_/pipeline/' \\
  -H 'accept: text/html' \\
  {} \\
  -H 'user-agent: Browser'"""


@pytest.mark.parametrize(
    "text",
    [
        PAIR,
        f"  {PAIR};\n",
        f'"{PAIR}"',
        f"Cookie: {PAIR}",
        f"cookie\n{PAIR}",
        f"Cookie:\n  {PAIR}",
        f"Set-Cookie: {PAIR}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax",
        f"GET /pipeline HTTP/1.1\nHost: kubeflow.example.com:443\nCookie: {PAIR}\nAccept: */*",
        f":authority:\nkubeflow.example.com\ncookie:\n{PAIR}",
        f"set-cookie: oauth2_proxy_kubeflow_csrf=; Max-Age=0\nset-cookie: {PAIR}; Path=/",
        ROW,
        f"oauth2_proxy_kubeflow\t{SIGNED}",
        ROW.replace("2026-11-25T10:00:00.000Z", "Session"),
        ROW.replace("kubeflow.example.com", ".Example.com"),
        ROW + "\n" + ROW.replace("kubeflow.example.com", "www.example.org"),
        f"Set-Cookie: {PAIR}; Domain=example.com",
        CURL.format(f"-b '{PAIR}'"),
        CURL.format(f"-H 'cookie: {PAIR}'"),
        CURL.format(f"-b '{PAIR}' -e 'https://idp.example.org/auth?x'"),
        f'curl ^"https://kubeflow.example.com/^%^20^" ^\n  -H ^"accept: */*^" ^\n -b ^"{PAIR}^"',
        f'curl ^"https://kubeflow.example.com/^" ^  -H ^"accept: */*^" ^  -b ^"{PAIR}^"',
        f"curl --location --request GET --url 'https://kubeflow.example.com' --cookie '{PAIR}'",
        CURL.format(f'--cookie "{PAIR}"').replace("\n", ""),
        f"-b '{PAIR}'",
        f"-H 'Cookie: {PAIR}'",
    ],
)
def test_a_cookie_is_found_in_what_was_copied(text: str) -> None:
    (found,) = read_cookies(text, HOST)
    assert f"{found.name}={found.value}" == PAIR
    assert SIGNED not in repr(found)


@pytest.mark.parametrize(
    "text",
    ["a_0=x; a_1=y", "a_0\tx\na_1\ty", "Cookie: a_0=x\nCookie: a_1=y"],
)
def test_several_cookies_stay_together(text: str) -> None:
    assert [f"{each.name}={each.value}" for each in read_cookies(text, HOST)] == ["a_0=x", "a_1=y"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SIGNED, "without its name"),
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2VjcmV0", "no cookie"),
        ("Path=/; HttpOnly", "no cookie"),
        ("", "no cookie"),
        ("curl 'https://kubeflow.example.com/?secret'", "no cookie"),
        ("curl -b secret-cookies.txt https://kubeflow.example.com", "no cookie"),
        (f"curl -b '{PAIR}", "cut off"),
        (f"{PAIR}\nsecret-rest-of-it", "more than one line"),
        (f"kubeflow.example.com\tTRUE\t/\tFALSE\t1795000000\tname\t{SIGNED}", "that row"),
        ("name\t\tsecret.example.com\t/", "that row"),
        ("two words=secret", "no cookie"),
        ("name=secret\u00e9", "no cookie"),
        ('{"name": "secret"}', "no cookie"),
        (f"curl https://a.example/ -b '{PAIR}' ;\ncurl https://b.example/", "than one request"),
    ],
)
def test_what_is_no_cookie_is_told_with_where_to_find_one_and_not_repeated(
    text: str, said: str
) -> None:
    with pytest.raises(SignInNeeded) as caught:
        read_cookies(text, HOST)
    problem = caught.value
    assert problem.code == "cookie-refused"
    assert said in problem.message
    assert "Application" in problem.remedy
    assert not any(word in str(problem) for word in (SIGNED, "secret", "c2VjcmV0"))


OF_ANOTHER = [
    CURL.format(f"-b '{PAIR}'"),
    f"GET /signin HTTP/1.1\nCookie: {PAIR}\nHost: kubeflow.example.com",
    f":authority: kubeflow.example.com\n:path: /\ncookie: {PAIR}",
    f"Set-Cookie: {PAIR}; Domain=kubeflow.example.com",
    ROW,
    ROW.replace("\tkubeflow", "\t.kubeflow"),
]


@pytest.mark.parametrize("text", OF_ANOTHER)
@pytest.mark.parametrize(
    "name", ["kf.example.org", "example.com", "notkubeflow.example.com", "10.0.0.5"]
)
def test_the_cookie_of_another_site_is_not_sent_and_told_where_it_is_of(
    text: str, name: str
) -> None:
    with pytest.raises(SignInNeeded) as caught:
        read_cookies(text, f"https://{name}:8443/pipeline")
    problem = caught.value
    assert problem.code == "cookie-refused"
    assert "a cookie of kubeflow.example.com" in problem.message
    assert f"from a page of {name}" in problem.remedy
    assert SIGNED not in str(problem)


@pytest.mark.parametrize("text", OF_ANOTHER)
@pytest.mark.parametrize("host", ["http://localhost:8080/pipeline", "http://127.0.0.1:8080"])
def test_a_gateway_behind_a_port_forward_takes_the_cookie_of_its_own_name(
    text: str, host: str
) -> None:
    assert [each.name for each in read_cookies(text, host)] == ["oauth2_proxy_kubeflow"]
