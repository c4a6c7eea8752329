"""Addresses of pages that people copy from a browser, and the KFP API that each belongs to."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs

#: Where Kubeflow's gateway has Pipelines, seen from the dashboard.
_PIPELINES = "/pipeline"
#: What Kubeflow's dashboard has beside Pipelines. Other programs use such words too, so that they
#: say something only beside a ``ns=``, which the dashboard puts into each of its addresses.
_APPS = (
    "activity|jupyter|katib|kserve-endpoints|manage-users|model-registry|models|pipeline"
    "|tensorboards|volumes|workspaces"
)


class _Page(NamedTuple):
    """One kind of page.

    Attributes
    ----------
    path : pattern
        Of the whole path: ``kfp`` is that of the API, or ``dashboard`` that of the dashboard.
    has_namespace : bool
        Whether it is one only with a ``ns=``.
    """

    path: re.Pattern[str]
    has_namespace: bool = False


#: The first that fits wins. Any other path is kept as typed.
_PAGES = (
    # The dashboard shows every app in a frame: what it calls /_/jupyter is served at /jupyter.
    _Page(re.compile(r"(?P<dashboard>.*?)/_(?:/.*)?")),
    # A call of the API, such as healthz.
    _Page(re.compile(r"(?P<kfp>.*?)/apis/v(?:1beta1|2beta1)(?:/.*)?")),
    # A notebook, which Kubeflow serves by namespace and name.
    _Page(re.compile(r"(?P<dashboard>.*?)/notebook/[^/]+/[^/]+(?:/.*)?")),
    _Page(re.compile(rf"(?P<dashboard>.*?)/(?:{_APPS})(?:/.*)?"), has_namespace=True),
    _Page(re.compile(r"(?P<dashboard>)/?"), has_namespace=True),
    # Of a dashboard under a path, or of another program: the first rung finds out which, and where
    # below that path, or beside it, KFP answers.
    _Page(re.compile(r"(?P<kfp>.*)"), has_namespace=True),
)
_SIGN_IN = re.compile(r"(?:.*)/(?:dex/auth|oauth2)(?:/.*)?")


def api_path(path: str, query: str, shown_there: str = "") -> str | None:
    """Return the path of the KFP API that a page belongs to, or may; ``None`` where nothing says.

    Parameters
    ----------
    path, query, shown_there : str
        Of the page's address, such as ``/jupyter/``, ``ns=team-a`` and what follows the ``#``.

    Returns
    -------
    str or None
        For instance ``/pipeline``; the page's own path where all that is known is that it is one
        of the dashboard's.
    """
    if is_sign_in(path):
        return None
    if shown_there.startswith("/"):
        query = ""  # Pages of Pipelines' own, which may be anywhere: the path is theirs.
    names_one = "ns" in parse_qs(query, keep_blank_values=True)
    for page in _PAGES:
        match = page.path.fullmatch(path)
        if match is not None and (names_one or not page.has_namespace):
            parts = match.groupdict()
            return parts["kfp"] if "kfp" in parts else parts["dashboard"].rstrip("/") + _PIPELINES
    return None


def is_sign_in(path: str) -> bool:
    """Whether a path is that of a page on which people sign in, of Dex or of oauth2-proxy."""
    return _SIGN_IN.fullmatch(path) is not None
