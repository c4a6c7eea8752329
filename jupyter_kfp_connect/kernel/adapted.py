"""A source with a few things changed for one client only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..core.lease import HeaderSource, Lease


class AdaptedSource:
    """Gives out another source's leases, changed where nothing of the credential is touched.

    Parameters
    ----------
    source : HeaderSource
        Where the leases come from.
    **changes
        Fields of `Lease`, such as ``timeout`` or ``ui_url``.
    """

    def __init__(self, source: HeaderSource, **changes: Any) -> None:
        self._source = source
        self._changes = changes

    def __repr__(self) -> str:
        return f"<AdaptedSource over {self._source!r}>"

    @property
    def beneath(self) -> HeaderSource:
        """The other source."""
        return self._source

    def lease(self) -> Lease:
        """See `HeaderSource.lease`."""
        return replace(self._source.lease(), **self._changes)

    def refused(self, generation: int, said: tuple[int, bytes] | None = None) -> Lease:
        """See `HeaderSource.refused`."""
        return replace(self._source.refused(generation, said), **self._changes)


def beneath(source: HeaderSource) -> HeaderSource:
    """Return where the leases of `source` come from in the end."""
    return source.beneath if isinstance(source, AdaptedSource) else source
