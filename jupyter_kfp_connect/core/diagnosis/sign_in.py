"""What is said where a sign-in ends in a way that no code alone explains."""

from __future__ import annotations

from .rules import Rule

#: The password was right, and there is no session all the same: a cookie of the sign-in was old.
NO_SESSION_AFTER_ALL = Rule(
    "no-way-in",
    "the password was accepted, but the sign-in ended without a session ({title})",
    remedy="Try once more. If it stays, use a session cookie from a browser, and tell the "
    "administrator of the front door.",
)
