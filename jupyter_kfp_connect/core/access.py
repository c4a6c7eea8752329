"""Rung 3, and whatever of rung 2 only a namespaced call proves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .answers import Meaning, classify
from .auth.tokens import namespace_of, short_subject
from .connection import Connection
from .diagnosis.profiles import NO_PROFILE, NOT_CHOSEN
from .diagnosis.unknown import as_it_is
from .errors import KfpConnectError
from .http import Answer, Transport
from .ladder import Ladder
from .lease import Lease
from .proof import Identity, Prover, refusal, unknown


@dataclass(frozen=True)
class Sent:
    """What goes with each call.

    Attributes
    ----------
    way : str
        The `auth` in use.
    headers : mapping of str to str
        The credential.
    lasting : str or None
        In words how long it holds, where nothing renews it.
    """

    way: str
    headers: Mapping[str, str] = field(repr=False)
    lasting: str | None = None


#: Namespaces that an error lists; there may be hundreds.
_MOST_NAMED = 10
_REFUSED = (Meaning.SIGNED_OUT, Meaning.JWT, Meaning.MESH, Meaning.DENIED)


class Access:
    """Shows on a ladder what one credential may do at one host.

    Parameters
    ----------
    ladder : Ladder
        Where it is shown.
    prover : Prover
        Asks the host.
    sent : Sent
        The credential.
    """

    def __init__(self, ladder: Ladder, prover: Prover, sent: Sent) -> None:
        self._ladder = ladder
        self._prover = prover
        self._way = sent.way
        self._headers = sent.headers
        self._lasting = sent.lasting

    def signed_in(self, subject: str | None, ms: int) -> None:
        """Show who the host takes us for, and until when if a person has to renew that."""
        who = short_subject(subject) if subject else "accepted"
        told = f"{who}, {self._lasting}" if self._lasting else who
        self._ladder.put(self._ladder["signed-in"].ok(told, ms))

    def of_nobody(
        self, namespace: str | None, *, multi_user: bool, otherwise: KfpConnectError | None
    ) -> None:
        """Prove that the host asks nobody who they are.

        Parameters
        ----------
        namespace : str or None
            To ask with; any serves.
        multi_user : bool
            What healthz said: it is open to all, so that only a namespaced call tells whether the
            gateway was passed by.
        otherwise : KfpConnectError or None
            What to raise where an identity is asked for after all.

        Raises
        ------
        SignInFailed
            `otherwise`, else ``gateway-bypassed``.
        """
        signed_in = self._ladder["signed-in"].not_needed("no sign-in is asked for")
        if not multi_user:
            no_namespaces = self._ladder["authorized"].not_needed("no namespaces")
            self._ladder.put(signed_in, no_namespaces)
            return
        answer = self._prover.listed(namespace or "default", {})
        if classify(answer) in (Meaning.SIGNED_OUT, Meaning.JWT):
            raise otherwise or refusal(answer, {}, "none")
        self._ladder.put(signed_in)
        if namespace is None:
            self.to(None, Identity())
        else:
            self._judge(namespace, answer)

    def by_token(self, subject: str | None, namespace: str | None, identity: Identity) -> None:
        """One list in the namespace of the token's ``sub``: 401 is rung 2, 200 and 403 pass it.

        Raises
        ------
        SignInFailed
            Why the token was refused.
        NotReachable
            ``server-error``.
        """
        self._ladder.put(self._ladder["signed-in"].checking())
        own = namespace_of(subject) or namespace
        # Without a namespace KFP complains of that before it looks at the token: any will do.
        answer = self._prover.listed(own or "default", self._headers)
        meaning = classify(answer)
        if meaning in (Meaning.SIGNED_OUT, Meaning.JWT):
            raise refusal(answer, self._headers, self._way)
        if meaning is Meaning.BROKEN:
            raise self._broken("KFP answers a list with a mistake of its own", answer)
        self.signed_in(subject, answer.ms)
        if namespace == own and own is not None:
            self._judge(own, answer)
        else:
            self.to(namespace, identity)

    def to(self, namespace: str | None, identity: Identity) -> None:
        """Prove the right to list in `namespace`, or say that one has to be chosen.

        Raises
        ------
        SignInFailed, NotReachable
            The list shows that an earlier rung does not hold after all.
        """
        if namespace is None:
            self._ladder.fail(_needed(identity))
            return
        self._ladder.put(self._ladder["authorized"].checking(namespace))
        self._judge(namespace, self._prover.listed(namespace, self._headers))

    def _judge(self, namespace: str, answer: Answer) -> None:
        if answer.status == 200 and classify(answer) is Meaning.DATA:
            self._ladder.put(self._ladder["authorized"].ok(namespace, answer.ms))
            return
        if classify(answer) not in _REFUSED and answer.status != 400:
            raise self._broken("KFP answers a list with an error", answer)
        problem = refusal(answer, self._headers, self._way, proven=True)
        if problem.rung != "authorized":
            raise problem
        self._ladder.fail(problem, ms=answer.ms)

    def _broken(self, what: str, answer: Answer) -> KfpConnectError:
        return unknown("server-error", f"{what} {as_it_is(answer, self._headers)}")


def _needed(identity: Identity) -> KfpConnectError:
    """Return the error for no namespace: one has to be chosen, or there is none to choose."""
    names = [name for name, _ in identity.namespaces]
    if identity.knows_namespaces and not names:
        return NO_PROFILE.error(user=identity.user or "this user")
    more = ", …" if len(names) > _MOST_NAMED else ""
    known = f"; yours are {', '.join(names[:_MOST_NAMED])}{more}" if names else ""
    return NOT_CHOSEN.error(known=known)


def prove_namespace(
    lease: Lease, connection: Connection, transport: Transport, ladder: Ladder | None = None
) -> None:
    """Prove the right to list in a lease's namespace, with one call.

    Parameters
    ----------
    lease : Lease
        The credential, and the namespace.
    connection : Connection
        Whose.
    transport : Transport
        What sends.
    ladder : Ladder, optional
        Shows what is found.

    Raises
    ------
    KfpConnectError
        The rung that does not hold; `ladder` shows it already.
    """
    if lease.namespace is None or lease.multi_user is False:
        return
    shown = Ladder() if ladder is None else ladder
    # What was signed in at one host is sent to no other, whatever the connection says by now.
    prover = Prover(replace(connection, host=lease.host), transport)
    access = Access(shown, prover, Sent(lease.way, lease.headers))
    try:
        access.to(lease.namespace, Identity())
    except KfpConnectError as problem:
        shown.fail(problem)
        raise
    found = shown["authorized"].problem
    if found is not None:
        raise found
