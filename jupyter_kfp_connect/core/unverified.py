"""Connections whose certificate nobody checks, because the user said so.

urllib3 would warn at every single call, in a log or in each cell. The panel, the client and
the command line say it once, where it is decided. Imports urllib3: only who needs it imports this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from urllib3 import PoolManager
    from urllib3._base_connection import BaseHTTPConnection


class UnverifiedPool(HTTPSConnectionPool):
    """An https pool that connects without urllib3's warning."""

    def _validate_conn(self, conn: BaseHTTPConnection) -> None:
        if conn.is_closed:
            conn.connect()


def use_unverified(manager: PoolManager) -> PoolManager:
    """Let `manager` make such pools, and return it."""
    manager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": UnverifiedPool}
    return manager


class UnverifiedAdapter(HTTPAdapter):
    """The same for a session of requests, through a proxy too."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools for direct connections."""
        super().init_poolmanager(*args, **options)
        use_unverified(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Return the pools for connections through a proxy."""
        return use_unverified(super().proxy_manager_for(*args, **options))
