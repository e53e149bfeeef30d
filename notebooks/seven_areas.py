# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 14 townships, 7 areas: how even can it be?
#
# 14 个乡镇划分为 7 个片区：最均衡能到什么程度？
#
# A county of 14 townships is to be split into 7 areas, one named person each. Townships are not cut, every area must hang together, and the work should be shared evenly.
# Codes and names are real, borders are schematic, the sources are fictional.

# %%
import tempfile
from pathlib import Path

from IPython.display import Image

import geocensus as gc
from geocensus.demo import write_demo
from geocensus.pipeline.split import run_split
from geocensus.zoning import loads_of, units_of

folder = Path(tempfile.mkdtemp())
basemap = gc.open_basemap("changshan")
sources = gc.check(gc.read_sources(write_demo(folder, basemap)[0], crs="cgcs2000"), basemap).sources
townships = units_of(basemap, within=["330822"], level="township")
loads = loads_of(townships, sources, villages=basemap.areas("village"))
loads.attrs["reconciled"]

# %% [markdown]
# ## The work in each township
# Minutes by class of source (key industrial 240, industrial and centralised 60, farm 40, domestic and mobile 30), the way between sources, and base work of 240 minutes for each village. Sources without a
# coordinate count in the township they claim. All of it are settings.

# %%
units = townships.merge(loads, left_on="code", right_index=True)
units[["code", "name", "sources", "source_minutes", "travel_minutes", "base_minutes", "minutes"]].round()

# %% [markdown]
# ## The best plan there is
# With so few units the program looks at every connected set of townships that could be an area. `optimal` means proven: no plan is better balanced, and none that is as balanced has shorter borders.

# %%
plan = gc.split(units, teams=7, barriers=basemap.barriers)
{key: plan.report[key] for key in ("feasible", "optimal", "deviation", "bound", "cut_km", "polsby_popper")}

# %%
plan.field_zones[["field_zone", "units", "load", "deviation"]].round(3)

# %% [markdown]
# Five per cent cannot be had: townships are too different for that, and the plan says so.

# %%
[warning.zh for warning in plan.warnings]

# %% [markdown]
# ## Change it by hand
# A planner who knows better moves a township; the plan is tested again, and says what it costs. What would break an area apart is refused.

# %%
from geocensus.errors import SplitInfeasibleError

changes = []
for code, zone in plan.labels.items():
    for other in plan.field_zones["field_zone"]:
        if other != zone:
            try:
                changes.append((plan.move(code, other).report["deviation"], code, other))
            except SplitInfeasibleError:
                continue
deviation, code, zone = min(changes)
print(
    f"{len(changes)} single moves are possible; the best, {code} to {zone}, has a largest deviation of {deviation:.1%}"
)

# %% [markdown]
# ## Draw
# The same as `geocensus split --basemap changshan --within 330822 --teams 7 --units township --out areas.html`, which makes a page without any remote reference.

# %%
report = run_split(["330822"], basemap="changshan", teams=7, units="township", out=folder / "areas.png", lang="zh")
Image((folder / "areas.png").read_bytes(), width=900)

# %% [markdown]
# ## The headline
# Seven connected areas, proven: no plan is better balanced.

# %%
assert plan.report["field_zones"] == 7
assert plan.report["connected"]
assert plan.report["optimal"] is True
assert plan.report["deviation"] == plan.report["bound"]
assert min(changes)[0] >= plan.report["deviation"]
assert loads["sources"].sum() == loads.attrs["reconciled"]["counted"]
