"""Reference systems: what a list states, to CGCS2000 degrees; one metric system per run."""

from geocensus.crs.contradictions import contradicted, contradiction, count_contradictions
from geocensus.crs.systems import SHIFTED, ListCRS, metric_crs, parse_crs, require_metric, to_cgcs2000

__all__ = [
    "SHIFTED",
    "ListCRS",
    "contradicted",
    "contradiction",
    "count_contradictions",
    "metric_crs",
    "parse_crs",
    "require_metric",
    "to_cgcs2000",
]
