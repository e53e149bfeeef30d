"""Who asks: a name, a role, and the areas it holds for; and what each role may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fastapi import Request

from geocensus_api.errors import ProblemError

__all__ = ["ROLES", "Action", "Principal", "permit", "principal", "require"]


class Action(StrEnum):
    """What may be allowed; reading coarse points is allowed to everybody who is let in."""

    EXACT = "exact"  # points as they are, names, addresses, coordinates, flags with their messages
    DECIDE = "decide"  # decisions, locks, comments, attachments
    APPROVE = "approve"  # the second person's word on somebody else's decision
    PLAN = "plan"  # splits, moves, owners of field zones
    EXPORT_MAPS = "export_maps"
    EXPORT_PLANS = "export_plans"  # plans and work lists: areas, zones, field zones, sources
    EXPORT_FLAGS = "export_flags"  # flags, causes, repairs, decisions: what problem lists are made of
    ADMIN = "admin"  # users, everything else that is exported, checks into the workspace, approving own work


ROLES: Final[Mapping[str, frozenset[Action]]] = {
    "viewer": frozenset({Action.EXPORT_MAPS}),
    "planner": frozenset({Action.EXACT, Action.PLAN, Action.EXPORT_MAPS, Action.EXPORT_PLANS}),
    "qa": frozenset({Action.EXACT, Action.DECIDE, Action.EXPORT_MAPS, Action.EXPORT_FLAGS}),
    "reviewer": frozenset({Action.EXACT, Action.DECIDE, Action.APPROVE, Action.EXPORT_MAPS, Action.EXPORT_FLAGS}),
    "admin": frozenset(Action),
}


@dataclass(frozen=True)
class Principal:
    """Who asks.

    Attributes
    ----------
    name
        As it stands in decisions and in the audit trail.
    role
        One of ROLES.
    scope
        Codes of areas, each with all below it; None for everything.
    session
        Id of the session where a cookie opened the door; "" for a token.

    Examples
    --------
    >>> Principal("王工", "qa", ("330822",)).may(Action.APPROVE)
    False
    """

    name: str
    role: str
    scope: tuple[str, ...] | None = None
    session: str = ""

    def may(self, action: Action) -> bool:
        """Tell whether the role allows an action.

        Parameters
        ----------
        action
            What is to be done.

        Returns
        -------
        bool
            True when it does.
        """
        return action in ROLES[self.role]


def principal(request: Request) -> Principal:
    """Return who asks; the door has put it there.

    Parameters
    ----------
    request
        A request that was let in.

    Returns
    -------
    Principal
        Name, role and scope.
    """
    who: Principal = request.scope["geocensus.principal"]
    return who


def permit(who: Principal, action: Action) -> None:
    """Refuse a person whose role does not allow an action.

    Parameters
    ----------
    who
        Who asks.
    action
        What it wants to do.

    Raises
    ------
    ProblemError
        403.
    """
    if not who.may(action):
        raise ProblemError(
            403,
            f"the role {who.role} does not allow this ({action}); ask an administrator of the service",
            f"角色 {who.role} 无此权限（{action}），请联系服务管理员",
        )


def require(request: Request, action: Action) -> Principal:
    """Refuse a request whose role does not allow an action.

    Parameters
    ----------
    request
        A request that was let in.
    action
        What it wants to do.

    Returns
    -------
    Principal
        Who asks.

    Raises
    ------
    ProblemError
        403.
    """
    who = principal(request)
    permit(who, action)
    return who
