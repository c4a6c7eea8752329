"""What is going on in a namespace: recent experiments and runs, with links, in two calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .answers import EXPERIMENTS, Meaning, classify
from .errors import error
from .http import Answer, Request, Transport
from .proof import refusal
from .session import Lease

RUNS = "/apis/v2beta1/runs"
_RECENT = 5
#: What KFP answers for a time that is not yet (recording ``kfp-create-run``).
_NEVER = "1970-01-01T00:00:00Z"


def overview(lease: Lease, transport: Transport) -> dict[str, Any]:
    """Return recent experiments and runs of the lease's namespace, and links to their pages.

    A stock multi-user KFP checks each call with Kubernetes at five a second for all users
    together, so this takes two and is never called on a timer.

    Raises
    ------
    KfpConnectError
        What KFP refuses, and why.
    """
    try:
        return _overview(lease, transport)
    except (KeyError, TypeError, AttributeError):
        raise error("bad-answer", "KFP's lists do not look as they should") from None


def _overview(lease: Lease, transport: Transport) -> dict[str, Any]:
    experiments = _list(lease, transport, EXPERIMENTS).get("experiments", [])
    runs = _list(lease, transport, RUNS).get("runs", [])
    links = _links(lease)
    return {
        "experiments": [
            {
                "id": entry["experiment_id"],
                "name": entry.get("display_name", ""),
                "url": _page(lease, f"experiments/details/{entry['experiment_id']}"),
            }
            for entry in experiments
        ],
        "runs": [
            {
                "id": entry["run_id"],
                "name": entry.get("display_name", ""),
                "state": entry.get("state", "RUNTIME_STATE_UNSPECIFIED"),
                "created_at": entry.get("created_at"),
                "finished_at": _time(entry.get("finished_at")),
                "url": _page(lease, f"runs/details/{entry['run_id']}"),
            }
            for entry in runs
        ],
        "links": links,
    }


def _list(lease: Lease, transport: Transport, path: str) -> Mapping[str, Any]:
    query = {"page_size": str(_RECENT), "sort_by": "created_at desc"}
    if lease.namespace and lease.multi_user is not False:
        query["namespace"] = lease.namespace
    url = f"{lease.host}{path}?{urlencode(query)}"
    answer = transport.send(Request("GET", url, {"Accept": "application/json", **lease.headers}))
    return _data(answer, lease)


def _data(answer: Answer, lease: Lease) -> Mapping[str, Any]:
    meaning = classify(answer)
    if meaning is Meaning.DATA:
        data: Mapping[str, Any] = answer.json()
        return data
    if answer.status in (400, 401, 403) or meaning is Meaning.SIGNED_OUT:
        raise refusal(answer, lease.headers, lease.way, proven=True)
    raise error("server-error", f"KFP answers {answer.status} to a list")


def _links(lease: Lease) -> dict[str, str | None]:
    return {
        "ui": lease.ui_url,
        "experiments": _page(lease, "experiments"),
        "runs": _page(lease, "runs"),
    }


def _page(lease: Lease, page: str) -> str | None:
    """Return the address of a page of the Pipelines UI: its own routes come after a ``#``."""
    if lease.ui_url is None:
        return None
    return f"{lease.ui_url.partition('#')[0]}#/{page}"


def _time(text: object) -> str | None:
    return text if isinstance(text, str) and text != _NEVER else None
