"""Slips that a type checker finds: one in each line below the frame."""

from __future__ import annotations

import hypostyle as hs

orders = hs.DataFrame({"a": [1]})
orders.sort()
orders.sort("a", descendin=True)
hs.read_csv("x.csv", seperator=";")
orders.slect("a")
orders.lazy().colect()
hs.col("a").sums()
hs.read_csv("x.csv", n_rows="5")
