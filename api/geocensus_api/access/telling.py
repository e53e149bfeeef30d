"""People as administrators are told of them."""

from typing import Any

from geocensus_api.access.people import Person
from geocensus_api.times import iso

__all__ = ["person_json"]


def person_json(person: Person) -> dict[str, Any]:
    """Return what administrators are told of a person.

    Parameters
    ----------
    person
        With tokens.

    Returns
    -------
    dict
        Plain JSON; times in UTC.
    """
    tokens = [
        {
            "id": token.id,
            "created": iso(token.created),
            "expires": iso(token.expires),
            "revoked": iso(token.revoked),
            "last_used": iso(token.last_used),
        }
        for token in person.tokens
    ]
    return {
        "name": person.name,
        "role": person.role,
        "scope": "all" if person.scope is None else list(person.scope),
        "created": iso(person.created),
        "by": person.by,
        "revoked": iso(person.revoked),
        "tokens": tokens,
    }
