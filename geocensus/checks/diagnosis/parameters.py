"""Every number the diagnosis rests on, in one place; none of them is a user's setting."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass, field

__all__ = ["Parameters"]


@dataclass(frozen=True)
class Parameters:
    """Numbers of the noisy channel; lengths in metres, areas in square metres, shares from 0 to 1.

    Attributes
    ----------
    border_sigma, border_floor_m : float
        Spread of true points beyond their claimed border, as a share of the tolerance, and at least. With the
        tolerance as the distance that nearly all true points keep (none of 14,500 clean rows lay beyond it on borders
        simplified by 150 m), a Gaussian has about a third of it.
    tail_share, tail_sigmas : float
        Share and length of the tail beyond the Gaussian. It must be thin: a fat one explains every near error as
        ``correct``.
    smooth_m, cell_m, most_cells, floor_share, few_sources : float
        Smoothing of the density of good sources, the grid it is kept on, the share spread evenly over the basemap,
        and the number of good sources from which they count half of their final weight.
    sibling_share, neighbour_share : float
        Of wrong claims: another area below the same parent; an area near by. The rest lies anywhere.
    neighbour_m : float
        How fast neighbouring claims get rare with distance.
    outside_share, outside_m2 : float
        Of wrong claims and points from elsewhere: share that lies outside the basemap, and the size of the country
        around it where they lie.
    unknown_near, unknown_m, unknown_m2, unknown_box, world_m2 : float
        The unknown cause: share near the claimed area, how far it reaches, the area it fills beside the claimed one;
        share within the basemap's bounds; the rest fills the world.
    default_own : float
        Of default places: share that stands for an area of the row's own claim.
    shared_legit : float
        Probability that a source rightly shares its coordinate with another one (markets, parks).
    adjacent_copy : float
        Of copied coordinates: share copied from the row above.
    second_slip : float
        Rows with another wrong digit that stays inside the claimed area, for each row with one wrong digit alone.
    stack_claims, stack_share, stack_fitting : float
        A text under so many different claims, of which no more than a share fits, may come from elsewhere; share of
        such texts that does.
    stale_start, stale_hit, stale_miss : float
        Log odds that a village changed its parent: at the start, per row that claims the other parent, and per row of
        the village that does not.
    stale_rows : int
        Fewest rows for it.
    shift_reach_m : float
        No shift of a reference system carries a point further than this.
    said_right, said_wrong : float
        Probability that an address names an area which holds the intended place, and one that does not.
    prior : Mapping
        Share of each cause among all rows at the start of the expectation-maximisation.
    prior_other : float
        The same for every cause that ``prior`` does not name; all are then scaled to add up to 1.
    prior_floor, prior_rows : float
        Pseudo-counts of every cause: share of the rows, and at least so many rows.
    group_rows : float
        Rows the overall prior counts for in a group of its own (Dirichlet).
    wrong_claim_odds : float
        Of points that lie well elsewhere: wrong claims to every point from elsewhere, where no text decides.
    rounds, group_rounds : int
        Rounds of expectation-maximisation.
    cluster_m : float
        Candidates this near are one repair.
    offer, certain : float
        Probability from which a repair is offered, and is called certain.
    margin, wide_margin : float
        Lead over the second explanation that an offer needs; the wide one for a wrong digit, which has many undoings,
        and for a wrong claim, which geometry alone cannot tell from a point from elsewhere.
    shown : float
        Causes below this probability are left out.
    """

    border_sigma: float = 0.35
    border_floor_m: float = 15.0
    tail_share: float = 0.003
    tail_sigmas: float = 2.5
    smooth_m: float = 400.0
    cell_m: float = 100.0
    most_cells: int = 1536
    floor_share: float = 0.3
    few_sources: float = 50.0
    sibling_share: float = 0.35
    neighbour_share: float = 0.4
    neighbour_m: float = 3000.0
    outside_share: float = 0.01
    outside_m2: float = 3.6e10
    unknown_near: float = 0.1
    unknown_m: float = 5000.0
    unknown_m2: float = 1.6e8
    unknown_box: float = 0.3
    world_m2: float = 2e14
    default_own: float = 0.8
    shared_legit: float = 0.05
    adjacent_copy: float = 0.5
    second_slip: float = 0.2
    stack_claims: int = 3
    stack_share: float = 0.3
    stack_fitting: float = 0.25
    stale_start: float = -4.6
    stale_hit: float = 5.3
    stale_miss: float = -3.5
    stale_rows: int = 3
    shift_reach_m: float = 1500.0
    said_right: float = 0.9
    said_wrong: float = 0.05
    prior: Mapping[str, float] = field(
        default_factory=lambda: {"correct": 0.85, "gcj02": 0.003, "bd09": 0.003, "datum_54": 0.003, "datum_80": 0.003}
    )
    prior_other: float = 0.01
    prior_floor: float = 0.002
    prior_rows: float = 2.0
    group_rows: float = 200.0
    wrong_claim_odds: float = 1.25
    rounds: int = 8
    group_rounds: int = 3
    cluster_m: float = 50.0
    offer: float = 0.5
    certain: float = 0.9
    margin: float = 0.1
    wide_margin: float = 0.2
    shown: float = 0.01
