"""The `/dex/` paths, as Dex 2.45.1 answers them.

Shapes: `tests/recordings/dex-*.json`, and Dex's own pages for the rest.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from .directory import REDIRECT_URI, DexError, SignIn
from .handlers import SandboxHandler

_TITLES = {"local": "Email", "ldap": "LDAP"}
_PROMPTS = {"local": "Email Address"}
_HEADINGS = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


class DexHandler(SandboxHandler):
    """Base of Dex's handlers."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Finish with Dex's error page where Dex said no."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if not isinstance(error, DexError):
            super().write_error(status_code, **kwargs)
            return
        heading = _HEADINGS.get(error.status, "Internal Server Error")
        self.page("dex_error.html", error.status, heading=heading, message=error.message)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log bugs, not refusals."""
        if not isinstance(value, DexError):
            super().log_exception(typ, value, tb)

    def passed_query(self) -> str:
        """Return the query for the next address, sorted as Go sorts it."""
        names = sorted(self.request.query_arguments)
        return urlencode([(name, self.query(name)) for name in names if name != "connector_id"])

    def send_code(self, sign_in: SignIn) -> None:
        """Redirect back to oauth2-proxy with a code."""
        code = self.cluster.directory.code_for(sign_in)
        query = urlencode({"code": code, "state": sign_in.state})
        self.redirect(f"{REDIRECT_URI}?{query}", status=303)


class AuthHandler(DexHandler):
    """`/dex/auth`: on to the only connector, or a page to choose one from."""

    def get(self) -> None:
        """Redirect or show the page."""
        connectors = self.cluster.directory.connectors
        wanted = self.query("connector_id")
        if wanted and wanted not in connectors:
            raise DexError(400, "Connector ID does not match a valid Connector")
        query = self.passed_query()
        if wanted or len(connectors) == 1:
            self.redirect(f"/dex/auth/{wanted or connectors[0]}?{query}", status=302)
            return
        links = [
            (connector, _TITLES.get(connector, connector), f"/dex/auth/{connector}?{query}")
            for connector in connectors
        ]
        self.page("dex_connectors.html", links=links)


class ConnectorHandler(DexHandler):
    """`/dex/auth/<connector>`: the sign-in begins."""

    def get(self, connector: str) -> None:
        """Redirect to the form."""
        sign_in = self.cluster.directory.start(connector, self.query)
        several = len(self.cluster.directory.connectors) > 1
        back = f"/dex/auth?{self.passed_query()}" if several else ""
        query = urlencode({"back": back, "state": sign_in.id})
        self.redirect(f"/dex/auth/{connector}/login?{query}", status=302)


class LoginHandler(DexHandler):
    """`/dex/auth/<connector>/login`: the form for name and password."""

    def get(self, connector: str) -> None:
        """Show the form."""
        self.cluster.directory.find(self.query("state"), connector)
        self._show_form(connector)

    def post(self, connector: str) -> None:
        """Check name and password."""
        sign_in = self.cluster.directory.find(self.query("state"), connector)
        login = self.get_body_argument("login", "")
        password = self.get_body_argument("password", "", strip=False)
        if not self.cluster.directory.check_password(sign_in, login, password):
            self._show_form(connector, 401, login)
        elif self.cluster.options.approval:
            query = urlencode({"req": sign_in.id, "hmac": sign_in.approval_mac()})
            self.redirect(f"/dex/approval?{query}", status=303)
        else:
            self.send_code(sign_in)

    def _show_form(self, connector: str, status: int = 200, login: str = "") -> None:
        self.page(
            "dex_login.html",
            status,
            action=self.request.uri,
            prompt=_PROMPTS.get(connector, "Username"),
            login=login,
            wrong=status == 401,
            back=self.query("back"),
        )


class ApprovalHandler(DexHandler):
    """`/dex/approval`: may this client know who you are?"""

    def get(self) -> None:
        """Ask."""
        sign_in = self._sign_in()
        self.page("dex_approval.html", request_id=sign_in.id)

    def post(self) -> None:
        """Take the answer."""
        sign_in = self._sign_in()
        if self.get_argument("approval", "") != "approve":
            raise DexError(500, "Approval rejected.")
        self.send_code(sign_in)

    def _sign_in(self) -> SignIn:
        # Dex takes both from the form as well as from the address.
        mac, request_id = self.get_argument("hmac", ""), self.get_argument("req", "")
        return self.cluster.directory.approvable(request_id, mac)


class MissingDexHandler(DexHandler):
    """The parts of Dex that are not played here (discovery, tokens, the device flow)."""

    async def prepare(self) -> None:
        """Say so, whatever the method."""
        await super().prepare()
        self.answer(
            {
                "error": "not_in_sandbox",
                "error_description": f"This is a sandbox: it does not have {self.request.path}.",
            },
            501,
        )
