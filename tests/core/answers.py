"""Answers made from the recordings, and pages as Dex and oauth2-proxy write them."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jupyter_kfp_connect.core.http import Answer

RECORDINGS = Path(__file__).parents[1] / "recordings"
ORIGIN = "http://localhost:8080"
HOST = f"{ORIGIN}/pipeline"
HEALTHZ = f"{HOST}/apis/v2beta1/healthz"
SESSION = "oauth2_proxy_kubeflow=session-1; Path=/; Max-Age=86400; HttpOnly"
CSRF = "oauth2_proxy_kubeflow_csrf=csrf-1; Path=/; Max-Age=900; HttpOnly"
CSRF_GONE = "oauth2_proxy_kubeflow_csrf=; Path=/; Max-Age=0; HttpOnly"


@cache
def _text(name: str) -> str:
    return (RECORDINGS / f"{name}.json").read_text(encoding="utf-8")


def names() -> list[str]:
    """Return the recordings that hold one whole answer."""
    return [
        path.stem for path in sorted(RECORDINGS.glob("*.json")) if "response" in read(path.stem)
    ]


def read(name: str) -> Any:
    """Return a recording."""
    return json.loads(_text(name))


def recorded(name: str, url: str | None = None) -> Answer:
    """Return a recording as an answer to `url`, by default to its own path at `ORIGIN`."""
    recording = read(name)
    response = recording["response"]
    body = response["body"]
    if isinstance(body, dict) and set(body) == {"html"}:
        text = _page(body["html"])
    else:
        text = body if isinstance(body, str) else json.dumps(body)
    return Answer(
        response["status"],
        url or ORIGIN + recording["request"]["path"],
        list(response["headers"].items()),
        text.encode(),
        ms=3,
    )


def _page(html: dict[str, Any]) -> str:
    """Write the page again of which the recording keeps title and forms."""
    parts = []
    for entry in html["form"]:
        attributes = "".join(
            f' {name}="{value if "&amp;" in value else escape(value)}"'
            for name, value in entry.items()
            if name != "tag"
        )
        parts.append(f"<{entry['tag']}{attributes}>")
    closing = "</form>" if html["form"] else ""
    body = "\n".join(parts)
    return f"<!DOCTYPE html><html><head><title>{html['title']}</title></head>{body}{closing}</html>"


def page(url: str, body: str, status: int = 200, *cookies: str) -> Answer:
    """Return a page for people."""
    headers = [("content-type", "text/html; charset=utf-8")]
    headers += [("set-cookie", cookie) for cookie in cookies]
    return Answer(status, url, headers, f"<!doctype html><html>{body}</html>".encode())


def to(url: str, target: str, *cookies: str, status: int = 302) -> Answer:
    """Return a redirect from `url` to `target`."""
    headers = [("location", target)] + [("set-cookie", cookie) for cookie in cookies]
    return Answer(status, url, headers)


def as_json(url: str, data: Any, status: int = 200) -> Answer:
    """Return JSON."""
    body = json.dumps(data).encode()
    return Answer(status, url, [("content-type", "application/json")], body, ms=2)


def signed_out(url: str = HEALTHZ) -> Answer:
    """Return oauth2-proxy's 401 at an API path."""
    return recorded("gateway-api-signed-out", url)


def healthz(url: str = HEALTHZ, *, users: bool = True) -> Answer:
    """Return KFP's healthz."""
    return recorded("kfp-healthz-multi-user" if users else "kfp-healthz-single-user", url)
