"""Reading and writing files: the only place, with the workspace, that opens them."""

from geocensus.io.basemaps import list_basemaps, open_basemap, write_basemap
from geocensus.io.identity import number_duplicates
from geocensus.io.index_files import IndexFiles
from geocensus.io.layers import LayerRead, read_layer, split_layer
from geocensus.io.parts import ListPlan, Part, PartFacts, WholeList, plan_list, read_part
from geocensus.io.plan_book import Sheet, write_plan_book
from geocensus.io.plans import TEAM_COLUMNS, read_labels, read_parks, read_teams, write_field_zones, write_labels
from geocensus.io.reading_report import READING_TEXTS
from geocensus.io.result_judgement import CERTAIN_FROM
from geocensus.io.results import (
    RESULT_SUFFIXES,
    judged_sheets,
    require_writable,
    result_table,
    write_result,
    written_result,
)
from geocensus.io.settings import read_crosswalk, read_settings, settings_toml
from geocensus.io.sources import read_sources
from geocensus.locating import keep_with

__all__ = [
    "CERTAIN_FROM",
    "READING_TEXTS",
    "RESULT_SUFFIXES",
    "TEAM_COLUMNS",
    "LayerRead",
    "ListPlan",
    "Part",
    "PartFacts",
    "Sheet",
    "WholeList",
    "judged_sheets",
    "list_basemaps",
    "number_duplicates",
    "open_basemap",
    "plan_list",
    "read_crosswalk",
    "read_labels",
    "read_layer",
    "read_parks",
    "read_part",
    "read_settings",
    "read_sources",
    "read_teams",
    "require_writable",
    "result_table",
    "settings_toml",
    "split_layer",
    "write_basemap",
    "write_field_zones",
    "write_labels",
    "write_plan_book",
    "write_result",
    "written_result",
]

keep_with(IndexFiles())  # locating opens no files itself
