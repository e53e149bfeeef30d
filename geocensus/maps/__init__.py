"""Maps of a check: one self-contained page, one picture."""

from geocensus.maps.page import map_page
from geocensus.maps.picture import overview_png, save_picture

__all__ = ["map_page", "overview_png", "save_picture"]
