"""What goes wrong on the way in from outside the cluster."""

from __future__ import annotations

from .refusals import GATEWAY_BYPASSED, GATEWAY_SILENT
from .sign_in import NO_SESSION_AFTER_ALL
from .symptom import Symptom

SYMPTOMS = (
    Symptom(
        "gateway-passed-by",
        "The port-forward passes by the gateway",
        "signed-in",
        "401 or 500 “there is no user identity header”, while list_pipelines() works and "
        "list_experiments() does not",
        "A port-forward to ml-pipeline-ui passes by the gateway, which alone signs people in. "
        "After a sign-in, the gateway does not tell Kubeflow Pipelines of it.",
        (GATEWAY_BYPASSED, GATEWAY_SILENT),
        threads=("kubeflow/pipelines#6726", "kubeflow/pipelines#7133"),
    ),
    Symptom(
        "login-page-as-answer",
        "A sign-in page is read as an answer",
        "signed-in",
        "{'experiments': None, 'next_page_token': None}, or “'NoneType' object has no attribute "
        "'id'” a little later",
        "The sign-in page came with status 200, and kfp's own client read it as an empty answer.",
        never="What is no JSON never becomes an answer: it is a sign-in that is needed, or an "
        "error that shows what came.",
        threads=("kubeflow/pipelines#4311", "elyra-ai/elyra#1636"),
    ),
    Symptom(
        "not-signed-in",
        "Nobody is signed in",
        "signed-in",
        "401 “{}” at an API path, 403 with a page “Sign In” in the browser",
        "That is oauth2-proxy: nobody is signed in, or the session is over.",
        ("sign-in-needed", "session-over", "cookie-refused"),
    ),
    Symptom(
        "session-of-a-day",
        "The session ends after a day",
        "signed-in",
        "JSON errors in every call after about 24 hours",
        "oauth2-proxy's session lasts a day and does not renew. Where the password is kept for the "
        "session, our client signs in again by itself; else it says that the session is over.",
        ("session-over",),
        threads=("kubeflow/community-distribution#2904", "kubeflow/kubeflow#5892"),
    ),
    Symptom(
        "password-refused",
        "The password is refused",
        "signed-in",
        "“Invalid Email Address and password”, and the form again",
        "User name or password is wrong. Dex answers 401, older ones 200.",
        ("wrong-password",),
    ),
    Symptom(
        "directory-out",
        "The directory behind the sign-in is down",
        "signed-in",
        "“Internal Server Error: Login error” after the password",
        "Dex cannot ask the directory (LDAP) behind it. The password was not refused.",
        ("directory-down",),
    ),
    Symptom(
        "approval-asked",
        "Dex asks for an approval",
        "signed-in",
        "400 “Bad request; unsupported request method” at /dex/approval, or a page “Grant Access”",
        "Dex asks each time whether the front door may know who you are. Our sign-in grants it, as "
        "a click on that page would.",
        (NO_SESSION_AFTER_ALL,),
        threads=("kubeflow/community-distribution#2844",),
    ),
    Symptom(
        "connector-not-there",
        "The connector is not there",
        "signed-in",
        "404 at /dex/auth/ldap, while the page in the browser offers several ways to sign in",
        "The ids of Dex's connectors are the administrator's choice. The error names those "
        "that are offered.",
        ("connector-unknown",),
        threads=("elyra-ai/elyra#2106",),
    ),
    Symptom(
        "redirects-copied-by-hand",
        "Redirects copied by hand",
        "signed-in",
        "“I can't get a session” from a script that copies addresses out of pages",
        "In a page an address has &amp; for &: copied as it stands, it leads nowhere.",
        never="Redirects are followed by their Location header alone, and forms and links are read "
        "by an HTML parser.",
        threads=("kubeflow/community-distribution#2542",),
    ),
    Symptom(
        "no-form-for-a-password",
        "The sign-in has no form for a password",
        "signed-in",
        "Sign-in leads to a button or to an identity provider's own page",
        "That provider takes no password by way of a form, so that nothing can be typed here.",
        ("no-password-form",),
    ),
    Symptom(
        "post-turned-round",
        "A POST turns into a GET",
        "signed-in",
        "405 “Method Not Allowed” at create_run or upload_pipeline",
        "The session was over, and the redirect to the sign-in made a GET of the POST.",
        never="No redirect of an API call is followed. The session is renewed, and then the call "
        "is made once more, as it was.",
        threads=("kubeflow/pipelines#4825",),
    ),
    Symptom(
        "sign-in-ends-in-403",
        "The sign-in ends in a 403",
        "signed-in",
        "403 “Unable to find a valid CSRF token” after a right password",
        "The cookie that ties the way back to the sign-in was an old one. If a session was made "
        "all the same, it is used.",
        (NO_SESSION_AFTER_ALL,),
    ),
    Symptom(
        "password-in-clear",
        "A password would travel in clear",
        "signed-in",
        "Plain http to a host that is not this machine, be it the one that its sign-in leads to",
        "Whoever sits on the way can read the password. The panel, the prompt and connect() warn "
        "before it is sent; a sign-in that falls from https to http is not followed.",
        ("downgrade-refused",),
        advice="Use https: change the connection's address to https://…, if the host offers it. "
        "Where it does not, and you trust the network on the way, the panel sends the password "
        "after one “Send it anyway”. A port-forward of the gateway to this machine does as well.",
    ),
)
