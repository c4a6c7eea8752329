"""Changes of state, told to every window as Jupyter events: what changed, never a secret."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any, Literal

from jupyter_events import EventLogger

SCHEMA_ID = "https://events.jupyter.org/jupyter_kfp_connect/state/v1"
CONTRACT = Path(__file__).parent / "contract.schema.json"

Kind = Literal["connection", "connections", "kernels", "default", "sign-in-wanted", "sign-in-ended"]


class Events:
    """Tells windows to read something again.

    Parameters
    ----------
    logger : EventLogger
        The Jupyter server's.
    """

    def __init__(self, logger: EventLogger) -> None:
        self._logger = logger
        self._revision = count(1)
        if SCHEMA_ID not in logger.schemas:
            logger.register_event_schema(_schema())

    def emit(
        self,
        kind: Kind,
        *,
        connection: str | None = None,
        connection_id: str | None = None,
        kernel_id: str | None = None,
        sign_in: str | None = None,
    ) -> None:
        """Say that something of `kind` changed; on the event loop's thread only."""
        data = {
            "kind": kind,
            "connection": connection,
            "connection_id": connection_id,
            "kernel_id": kernel_id,
            "sign_in": sign_in,
            "revision": next(self._revision),
        }
        self._logger.emit(schema_id=SCHEMA_ID, data=data)


def _schema() -> dict[str, Any]:
    """Return the event's schema out of the one wire contract, as jupyter_events wants it."""
    definitions = json.loads(CONTRACT.read_text(encoding="utf-8"))["$defs"]
    event = definitions["StateEvent"]
    text = definitions["Text"]
    properties = {
        name: text if value.get("$ref") == "#/$defs/Text" else value
        for name, value in event["properties"].items()
    }
    return {
        "$id": SCHEMA_ID,
        "version": "1",
        "title": "State of Kubeflow Pipelines connections",
        "personal-data": True,
        **event,
        "properties": properties,
    }
