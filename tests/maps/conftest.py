"""The small drawn world of geocensus.maps.testing, as fixtures."""

import json
import re

import pytest

from geocensus.maps.testing import small_world


@pytest.fixture
def world():
    return small_world()


@pytest.fixture
def payload_of():
    """Read the page's data back out of the page."""

    def read(page):
        match = re.search(r'<script type="application/json" id="geocensus-data">(.*?)</script>', page, re.DOTALL)
        return json.loads(match[1])

    return read
