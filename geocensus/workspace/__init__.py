"""The workspace: one GeoPackage that QGIS, Excel, the map page and the API read.

It is created whole (temporary file, rename) and afterwards changed only inside one SQLite transaction at a time, in WAL
mode, so that a reader sees the old or the new state and never a half of each.
"""

from geocensus.workspace.audit import audit
from geocensus.workspace.census_zones import StoredZones
from geocensus.workspace.connection import data_version, is_workspace, read_only
from geocensus.workspace.decisions import Decision
from geocensus.workspace.geometry import decode, encode_points
from geocensus.workspace.plan_history import PlanEdit
from geocensus.workspace.plans import StoredPlan
from geocensus.workspace.read import read_summary
from geocensus.workspace.revision import revision
from geocensus.workspace.schema import SCHEMA_VERSION, quoted
from geocensus.workspace.workspace import Workspace

__all__ = [
    "SCHEMA_VERSION",
    "Decision",
    "PlanEdit",
    "StoredPlan",
    "StoredZones",
    "Workspace",
    "audit",
    "data_version",
    "decode",
    "encode_points",
    "is_workspace",
    "quoted",
    "read_only",
    "read_summary",
    "revision",
]
