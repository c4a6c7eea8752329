"""oauth2-proxy, set up as Kubeflow sets it up."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stack import dex

COOKIE_NAME = "oauth2_proxy_kubeflow"


@dataclass(frozen=True)
class ProxyOptions:
    """What differs between one oauth2-proxy and another.

    Attributes
    ----------
    issuer : str
        Dex's own address.
    client_secret : str
        What Dex knows this client by.
    cookie_expire : str
        How long a session lasts, as Go writes durations: ``24h``, ``15s``.
    cookie_secure : bool
        Whether the cookie is for https only.
    skip_button : bool
        Starts the flow by itself, for calls of the API too: without a sign-in page, and without
        routes at which it answers 401.
    prefix : str
        The path before ``/oauth2`` and ``/dex``.
    callback : str
        Where Dex sends visitors back to; a whole address where Dex is at another origin.
    csrf_expire : str
        How long a visitor may take to sign in.
    ca_files : tuple of Path
        The authorities of Dex's certificate, and of those of the other issuers.
    jwt_issuers : tuple of str
        Whose tokens pass besides Dex's, each as ``issuer=audience``.
    """

    issuer: str
    client_secret: str
    cookie_expire: str = "24h"
    cookie_secure: bool = False
    skip_button: bool = False
    prefix: str = ""
    callback: str = "/oauth2/callback"
    csrf_expire: str = "15m"
    ca_files: tuple[Path, ...] = ()
    jwt_issuers: tuple[str, ...] = ()


def write_config(path: Path, port: int, options: ProxyOptions) -> Path:
    """Write oauth2-proxy's configuration for `port` on loopback; return `path`."""
    issuer = options.issuer
    elsewhere = options.callback.startswith("http")
    config: dict[str, Any] = {
        "http_address": f"127.0.0.1:{port}",
        "provider": "oidc",
        "provider_display_name": "Dex",
        "client_id": dex.CLIENT_ID,
        "client_secret": options.client_secret,
        "scope": "profile email groups openid",
        "email_domains": ["*"],
        "insecure_oidc_allow_unverified_email": True,
        "oidc_issuer_url": issuer,
        "skip_oidc_discovery": True,
        "login_url": f"{issuer if elsewhere else options.prefix + '/dex'}/auth",
        "redeem_url": f"{issuer}/token",
        "oidc_jwks_url": f"{issuer}/keys",
        "redirect_url": options.callback,
        "relative_redirect_url": not elsewhere,
        "proxy_prefix": f"{options.prefix}/oauth2",
        "upstreams": ["static://200"],
        "skip_auth_routes": ["^/dex/"],
        "api_routes": [] if options.skip_button else ["/api/", "/apis/", "^/ml_metadata"],
        "skip_provider_button": options.skip_button,
        "skip_jwt_bearer_tokens": True,
        "prompt": "none",
        "set_authorization_header": True,
        "set_xauthrequest": True,
        "cookie_name": COOKIE_NAME,
        "cookie_secret": secrets.token_hex(16),
        "cookie_expire": options.cookie_expire,
        "cookie_csrf_expire": options.csrf_expire,
        "cookie_refresh": "0s",
        "cookie_secure": options.cookie_secure,
        "code_challenge_method": "S256",
        "reverse_proxy": True,
        "trusted_proxy_ips": ["127.0.0.1/32"],
        "banner": "-",
        "footer": "-",
    }
    if options.ca_files:
        config["provider_ca_files"] = [str(path) for path in options.ca_files]
    if options.jwt_issuers:
        config["extra_jwt_issuers"] = [*options.jwt_issuers]
    # JSON's strings, numbers, booleans and flat lists are also TOML's.
    path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in config.items()))
    return path
