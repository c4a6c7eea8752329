"""Looking at every rung again, with the session that is there."""

from __future__ import annotations

from .access import Access, Sent
from .answers import Meaning, classify
from .errors import KfpConnectError, error
from .http import Transport
from .ladder import Ladder
from .lease import Lease
from .place import ANSWERS, FRONT_DOOR, place, with_warning
from .proof import Identity, Prover, not_here, refusal, usual_namespace
from .refused import what_was_said
from .session import Session


def recheck(session: Session, ladder: Ladder, transport: Transport) -> None:
    """Prove rungs 1 to 3 anew; a session that has ended is renewed on the way.

    Parameters
    ----------
    session : Session
        It stays, whatever is found.
    ladder : Ladder
        Shows each rung.
    transport : Transport
        What sends.

    Raises
    ------
    KfpConnectError
        Rung 1 or 2 does not hold; `ladder` shows it already.
    """
    ladder.put(*(rung.checking() for rung in tuple(ladder)))
    try:
        _recheck(session, ladder, transport)
    except KfpConnectError as problem:
        ladder.fail(problem)
        raise


def _recheck(session: Session, ladder: Ladder, transport: Transport) -> None:
    lease = session.lease()
    connection = session.connection
    prover = Prover(connection, transport)
    answer = prover.healthz(lease.headers)
    if classify(answer) in (Meaning.SIGNED_OUT, Meaning.JWT):
        ladder.put(ladder["reachable"].ok(with_warning(FRONT_DOOR, connection), answer.ms))
        said = answer.status, what_was_said(answer.body, lease)
        lease = session.refused(lease.generation, said)
        answer = prover.healthz(lease.headers)
    meaning = classify(answer)
    if meaning not in ANSWERS:
        raise not_here(prover, answer, lease.headers)
    if meaning is not Meaning.KFP:
        there = with_warning(ANSWERS[meaning] or "", connection)
        ladder.put(ladder["reachable"].ok(there, answer.ms))
        raise refusal(answer, lease.headers, lease.way)
    behind = lease.way == "dex" and bool(lease.headers)
    where = with_warning(place(answer, connection, behind=behind), connection)
    ladder.put(ladder["reachable"].ok(where, answer.ms))
    access = Access(ladder, prover, Sent(lease.way, lease.headers, lease.lasting))
    identity = Identity(lease.signed_in_as, session.facts.namespaces)
    if lease.namespace is None and lease.multi_user is not False and lease.way != "none":
        identity = _look_for_namespaces(session, prover, lease)
        lease = session.lease()
    if lease.way == "none":
        bypassed = error("sign-in-needed", "the host now asks who you are")
        access.of_nobody(lease.namespace, multi_user=bool(lease.multi_user), otherwise=bypassed)
    elif lease.multi_user is False:
        access.signed_in(lease.signed_in_as, answer.ms)
        ladder.put(ladder["authorized"].not_needed("one user, no namespaces"))
    elif lease.way == "dex":
        access.signed_in(lease.signed_in_as, answer.ms)
        access.to(lease.namespace, identity)
    else:
        access.by_token(lease.signed_in_as, lease.namespace, identity)


def _look_for_namespaces(session: Session, prover: Prover, lease: Lease) -> Identity:
    """Ask again who we are: somebody who had no namespace may have been given one since."""
    identity = prover.identity(lease.headers)
    usual = usual_namespace(lease.signed_in_as, identity.namespaces)
    session.adapt(
        session.connection,
        namespaces=tuple(identity.namespaces),
        namespace=usual,
        usual_namespace=usual,
    )
    return identity
