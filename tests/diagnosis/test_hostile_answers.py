"""What a host that means ill answers: harmless in a terminal, in a notebook and on the wire."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from jupyter_kfp_connect.cli import main
from jupyter_kfp_connect.core.diagnosis.forbidden import explain_forbidden
from jupyter_kfp_connect.kernel.display import ladder_bundle, problem_bundle
from jupyter_kfp_connect.kernel.report import report_bundle
from jupyter_kfp_connect.kernel.standing import Standing
from tests.core.climbing import Ascent
from tests.core.fakes import connection
from tests.core.loopback import answer, serve

EVIL = "\x1b]0;owned\x07\x1b[2J\u202e<script>alert(1)</script><img src=x onerror=alert(2)>\x9b31m"
LATIN = "\x1b]0;owned\x07<script>alert(1)</script>"


def reply(status: str, body: str = "", **headers: str) -> bytes:
    """Return an HTTP answer as bytes."""
    data = body.encode()
    told = {"Content-Type": "text/plain", "Content-Length": str(len(data))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + data


MESSAGE = json.dumps({"message": EVIL, "code": 7})
DENIED = json.dumps(
    {"message": f"User '{EVIL}' is not authorized: {{Namespace:{EVIL},Verb:{EVIL},Resource:x,}}"}
)
ANSWERS = {
    "a page": reply("418 no", f"<title>{EVIL}</title>{EVIL}", Content_Type="text/html"),
    "text": reply("500 no", EVIL),
    "a refusal in JSON": reply("403 no", MESSAGE, Content_Type="application/json"),
    "a right that is missing": reply("403 no", DENIED, Content_Type="application/json"),
    "the mesh's refusal": reply("401 no", f"Jwt {EVIL}"),
    "a content type": reply("200 OK", "x", Content_Type=f"te/xt{LATIN}"),
    "a redirect": reply("302 Found", Location=f"/a{LATIN}/apis/v2beta1/healthz"),
    "a redirect elsewhere": reply("302 Found", Location=f"http://x{LATIN}.example/dex"),
    "a redirect with no address": reply("302 Found", Location=f"http://[{LATIN}"),
    "a healthz": reply(
        "200 OK",
        json.dumps({"multi_user": False, "tag_name": EVIL}),
        Content_Type="application/json",
    ),
}


class Tags(HTMLParser):
    """The tags of a fragment."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)


@pytest.mark.parametrize("what", ANSWERS)
def test_what_a_host_answers_steers_no_terminal_and_runs_in_no_page(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(answer(ANSWERS[what])) as server:
        host = f"{server.origin}/pipeline"
        main(["doctor", "--host", host])
        out, err = capsys.readouterr()
        main(["doctor", "--host", host, "--json"])
        told = json.loads(capsys.readouterr().out)
        standing = Standing.of_connection(connection(host=host))
    printed = f"{out}{err}"
    assert "GET /pipeline" in printed
    assert printed.replace("\n", "").isprintable()
    for text in walk([told["rungs"], told["probes"], told["attempts"]]):
        assert text.replace("\n", "").isprintable(), text
    ladder = ladder_bundle(standing.title, standing.rungs)
    whole = report_bundle(standing, standing.rungs)
    for bundle in (ladder, whole):
        assert bundle["text/plain"].replace("\n", "").isprintable()
        assert not Tags(bundle["text/html"]).found & {"script", "img"}
    with serve(answer(ANSWERS[what])) as server:
        problem = Ascent(connection(host=f"{server.origin}/pipeline")).problem
    if problem is not None:
        assert str(problem).replace("\n", "").isprintable()
        assert not Tags(problem_bundle(problem)["text/html"]).found & {"script", "img"}


def test_a_name_without_an_end_fills_no_screen() -> None:
    name = "x" * 1900
    said = f"User '{name}' is not authorized: Namespace:{name},Verb:list,Resource:runs,"
    problem = explain_forbidden(said, sent=True, subject="")
    assert problem.code == "forbidden"
    assert len(str(problem)) < 1200


def walk(data: object) -> list[str]:
    """Return every text in JSON."""
    if isinstance(data, dict):
        return [text for value in data.values() for text in walk(value)]
    if isinstance(data, list):
        return [text for value in data for text in walk(value)]
    return [data] if isinstance(data, str) else []
