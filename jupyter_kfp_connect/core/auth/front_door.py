"""What is read off the pages of a front door: how to start, the connectors, the forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from ..http import Answer
from ..pages import Form, Page, read_page

#: Dex's own paths: ``…/auth/<connector id>`` and ``…/auth/<connector id>/login``.
_CONNECTOR = re.compile(r"/auth/(?P<id>[^/?#]+)(?P<login>/login)?/?$")


@dataclass(frozen=True)
class Connector:
    """One way to sign in that Dex offers.

    Attributes
    ----------
    id : str
        Dex's id for it, chosen by the administrator: ``local``, ``ldap``, …
    title : str
        What Dex calls it on its page.
    url : str
        Where it starts; empty where its form is there already.
    """

    id: str
    title: str
    url: str = ""


def page_of(answer: Answer) -> Page:
    """Return the page that `answer` holds; an empty one where it holds none."""
    return read_page(answer.text) if answer.is_html else Page()


def start_form(answer: Answer) -> tuple[str, Mapping[str, str]] | None:
    """Return address and fields of oauth2-proxy's form on its sign-in page.

    Recording ``gateway-page-signed-out``: a GET form to ``/oauth2/start`` with ``rd``.
    """
    for form in page_of(answer).forms:
        target = whole_url(answer.url, form.action)
        if urlsplit(target).path.endswith("/start"):
            return target, form.fields
    return None


def connectors_on(answer: Answer) -> list[Connector]:
    """Return the connectors that Dex's page offers, or the one whose form it shows.

    Ids are the administrator's choice, so that the page is the only place to learn them
    (elyra #2106).
    """
    page = page_of(answer)
    shown = _CONNECTOR.search(urlsplit(answer.url).path)
    if page.password_form is not None:
        name = shown["id"] if shown else "local"
        return [Connector(name, _title("", name))]
    found: dict[str, Connector] = {}
    for href, text in page.links:
        url = whole_url(answer.url, href)
        match = _CONNECTOR.search(urlsplit(url).path)
        if match and not match["login"]:
            found.setdefault(match["id"], Connector(match["id"], _title(text, match["id"]), url))
    return list(found.values())


def password_form(answer: Answer) -> Form | None:
    """Return the form for a password on the page that `answer` holds."""
    return page_of(answer).password_form


def approval_form(answer: Answer) -> tuple[str, Mapping[str, str]] | None:
    """Return address and fields of Dex's “Grant Access” form, where this is that page."""
    for form in page_of(answer).forms:
        if form.fields.get("approval") == "approve":
            return whole_url(answer.url, form.action), form.fields
    return None


def whole_url(page: str, link: str) -> str:
    """Return where `link` on `page` leads; nowhere, which is empty, if it is no address."""
    try:
        return urljoin(page, link)
    except ValueError:
        return ""


def _title(text: str, connector: str) -> str:
    said = re.sub(r"(?i)^(log|sign) ?in (with|via|using) ", "", text).strip()
    if said:
        return said
    return "Email" if connector == "local" else connector
