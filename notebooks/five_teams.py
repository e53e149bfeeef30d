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
# # One township, five teams: who goes where?
#
# 一个街道，五个小组：各走哪几个村？
#
# 19 villages, five teams of different size. Each team gets villages that hang together, work in proportion to its people, and borders along rivers and roads where that costs nothing.
# Codes and names are real, borders are schematic, sources and people are fictional.

# %%
import tempfile
from pathlib import Path

import pandas as pd
from IPython.display import Image

import geocensus as gc
from geocensus.demo import write_demo
from geocensus.pipeline.run import run_check
from geocensus.pipeline.split import run_split
from geocensus.workspace import Workspace

folder = Path(tempfile.mkdtemp())
basemap = gc.open_basemap("changshan")
workspace = folder / "demo.gpkg"
checked = run_check(write_demo(folder, basemap)[0], basemap="changshan", workspace=workspace, crs="cgcs2000")
checked.result.summary["rows"]

# %% [markdown]
# ## The teams
# A CSV with people and, if wished, owner, phone and start point.

# %%
teams = folder / "teams.csv"
teams.write_text(
    "小组,人数,组长,电话\n一组,4,张三,0570-0001\n二组,3,李四,0570-0002\n三组,3,王五,0570-0003\n四组,2,赵六,0570-0004\n五组,2,钱七,0570-0005\n",
    encoding="utf-8",
)
pd.read_csv(teams)

# %% [markdown]
# ## Split
# The same as `geocensus split --workspace demo.gpkg --within 330822001 --teams teams.csv --name 五组 --out 五组.png`.

# %%
report = run_split(["330822001"], workspace=workspace, teams=teams, name="五组", out=folder / "五组.png", lang="zh")
plan = report.plan
plan.field_zones[["name", "owner", "people", "units", "sources", "load", "target", "deviation"]].round(2)

# %%
Image((folder / "五组.png").read_bytes(), width=900)

# %%
{key: report.summary[key] for key in ("feasible", "optimal", "deviation", "bound", "cut_km", "connected")}

# %% [markdown]
# ## A team falls ill
# Four people in the first team become two. The plan of today is in the workspace: names and numbers stay, and as little work as possible changes hands.

# %%
teams.write_text(teams.read_text(encoding="utf-8").replace("一组,4", "一组,2"), encoding="utf-8")
after = run_split(["330822001"], workspace=workspace, teams=teams, current="五组", name="五组二", out=folder)
moved = after.plan.labels[after.plan.labels != plan.labels]
print(
    f"{len(moved)} of {len(plan.labels)} villages change hands: {after.plan.report['reassigned_share']:.0%} of the work"
)
print(f"largest deviation {after.summary['deviation']:.1%}, optimal: {after.summary['optimal']}")

# %% [markdown]
# ## In the workspace
# Both plans lie in one GeoPackage, with everything they were made of.

# %%
Workspace(workspace).plans()[["plan", "field_zones", "units", "deviation", "optimal", "cut_km"]]

# %% [markdown]
# ## The headline
# Every village has one team, every field zone hangs together, and the balance is proven.

# %%
assert report.summary["connected"]
assert after.summary["connected"]
assert report.summary["optimal"] is True
assert sorted(plan.labels.index) == sorted(after.plan.labels.index)
assert (
    plan.field_zones["name"].tolist()
    == after.plan.field_zones["name"].tolist()
    == ["一组", "二组", "三组", "四组", "五组"]
)
assert after.plan.field_zones.set_index("name")["load"]["一组"] < plan.field_zones.set_index("name")["load"]["一组"]
