"""What is noted of each call for ``diagnose`` and ``doctor`` tells no secret."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from jupyter_kfp_connect.core.http import Answer, Request
from jupyter_kfp_connect.core.probes import Probe, Recorder

from .answers import ORIGIN, page, to
from .fakes import Transport

URL = f"{ORIGIN}/oauth2/callback"
SECRET = "Right/Horse=9"
SENT = {
    "a token": Request("GET", URL, {"Authorization": f"Bearer {SECRET}"}),
    "a cookie": Request("GET", URL, {"Cookie": f"session={SECRET}"}),
    "a password": Request("POST", URL, form={"password": SECRET}),
}
ANSWERS = {
    "in a title": page(URL, f"<title>hello {SECRET}</title>"),
    "across a title's end": page(URL, f"<title>{SECRET.rjust(200, '-')}</title>"),
    "in a redirect": to(URL, f"/next/{quote(SECRET, safe='')}"),
    "across a redirect's end": to(URL, f"/{'-' * 160}{SECRET}"),
    "in a redirect's user": to(URL, f"https://{quote(SECRET, safe='')}@other.example/next"),
    "in a redirect's password": to(URL, "https://me:of-somebody-else@other.example/next"),
}


def noted(request: Request, *answers: Answer) -> list[Probe]:
    """Return what is noted of a call, and of the one after it where there are two answers."""
    probes: list[Probe] = []
    recorder = Recorder(Transport({each.url: each for each in answers}), probes)
    recorder.send(request)
    for each in answers[1:]:
        recorder.send(Request("GET", each.url))
    return probes


@pytest.mark.parametrize("what", SENT)
@pytest.mark.parametrize("how", ANSWERS)
def test_a_report_that_is_passed_on_holds_no_credential_that_a_host_repeats(
    what: str, how: str
) -> None:
    (probe,) = noted(SENT[what], ANSWERS[how])
    for part in ("Right", "somebody"):
        assert part not in str(probe)


@pytest.mark.parametrize("what", SENT)
def test_a_credential_that_is_repeated_later_on_is_in_no_report_either(what: str) -> None:
    after = page(f"{ORIGIN}/who/{SECRET}", f"<title>{SECRET}</title>")
    _, probe = noted(SENT[what], to(URL, "/next"), after)
    assert (probe.what, probe.note) == ("GET /who/•••", "a page: •••")


def test_where_a_redirect_leads_and_what_a_page_is_called_stays_in_the_report() -> None:
    assert noted(SENT["a cookie"], to(URL, "/next?code=c"))[0].note == f"redirects to {ORIGIN}/next"
    assert noted(SENT["a cookie"], page(URL, "<title>Welcome</title>"))[0].note == "a page: Welcome"
