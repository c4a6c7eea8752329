"""Routes that look closer: diagnose, overview, manifests."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..core.errors import error
from ..core.fields import check_namespace
from ..core.manifests import Manifest, ServiceAccount, manifest
from ..core.own_account import usual_accounts
from .diagnosing import diagnose
from .handlers import Handler
from .looking import look_into
from .threads import in_thread


class DiagnoseHandler(Handler):
    """``connections/{name}/diagnose``: a fresh look at every rung, each call told."""

    @web.authenticated
    @authorized
    async def post(self, name: str) -> None:
        self.answer(await diagnose(self.manager.live(name)))


class OverviewHandler(Handler):
    """``connections/{name}/overview``: recent experiments and runs of a namespace."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        live = self.manager.live(name)
        namespace = self.get_query_argument("namespace", None)
        if namespace is not None:
            namespace = check_namespace("namespace", namespace)
        self.answer(await look_into(self.manager, live, namespace))


class ManifestHandler(Handler):
    """``manifests/{kind}``: the guide's manifests, filled in."""

    @web.authenticated
    @authorized
    async def get(self, kind: str) -> None:
        environment = self.manager.environment
        namespace = self.get_query_argument("namespace", None) or environment.namespace
        if not namespace:
            raise error(
                "bad-request",
                "namespace: none is chosen, and outside a pod none is usual",
                remedy="Choose the namespace that the connection works in.",
            )
        named = self.get_query_arguments("service_account")
        accounts = [ServiceAccount.parse(text) for text in named]
        audience = self.get_query_argument("audience", None)

        def make() -> Manifest:
            usual = accounts or usual_accounts(kind, namespace, environment)
            return manifest(kind, namespace, usual, audience)

        made = await in_thread(make)
        self.set_header("Content-Disposition", f'attachment; filename="{made.filename}"')
        self.finish(made.text, set_content_type="text/yaml; charset=utf-8")
