"""Fictional sources with known errors: the demo list, and the truth that no program reads.

Names, people, codes and positions are invented; only the shares of the classes are those published for Quzhou.
Every row says so.
"""

from geocensus.demo.listing import make_crosswalk, make_sources
from geocensus.demo.planting import KINDS
from geocensus.demo.writing import write_demo

__all__ = ["KINDS", "make_crosswalk", "make_sources", "write_demo"]
