"""The urllib3 pool that fits a lease's network settings."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import certifi
from urllib3 import PoolManager, ProxyManager
from urllib3.util import make_headers, parse_url

from ..core.unverified import use_unverified

if TYPE_CHECKING:
    from ..core.session import Lease

#: Connections kept to one host; kfp's own configuration keeps five for each processor.
_KEPT = 5 * (os.cpu_count() or 1)


class Pools:
    """Keeps one pool, and makes it anew where a lease has other settings or the process forked."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[tuple[Any, ...], PoolManager] | None = None

    def __repr__(self) -> str:
        return "<Pools>"

    def pool(self, lease: Lease) -> PoolManager:
        """Return the pool to use for calls under `lease`."""
        key = (os.getpid(), lease.host, lease.verify_ssl, lease.ssl_ca_cert, lease.proxy)
        kept = self._kept
        if kept is not None and kept[0] == key:
            return kept[1]
        if kept is not None and kept[0][0] != key[0]:
            self._lock = Lock()  # another thread may have held it when the process forked
        with self._lock:
            if self._kept is None or self._kept[0] != key:
                self._kept = (key, _make_pool(lease))
            return self._kept[1]


def _make_pool(lease: Lease) -> PoolManager:
    options: dict[str, Any] = {"maxsize": _KEPT, "cert_reqs": "CERT_REQUIRED"}
    if lease.verify_ssl:
        options["ca_certs"] = lease.ssl_ca_cert or certifi.where()
    else:
        options["cert_reqs"] = "CERT_NONE"
    pool: PoolManager
    if lease.proxy:
        auth = parse_url(lease.proxy).auth
        proxy_headers = make_headers(proxy_basic_auth=unquote(auth)) if auth else None
        pool = ProxyManager(lease.proxy, proxy_headers=proxy_headers, **options)
    else:
        pool = PoolManager(**options)
    if not lease.verify_ssl:
        use_unverified(pool)
    return pool
