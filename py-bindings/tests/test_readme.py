"""The Python example of the README runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_example(tmp_path, monkeypatch):
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    orders = "".join(f"c{number % 12},{number}\n" for number in range(90, 140))
    (tmp_path / "orders.csv").write_text("customer,price\n" + orders)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(example, names)
    # By hand: of the prices from 101 to 139, those of each customer.
    revenue = {f"c{rest}": sum(price for price in range(101, 140) if price % 12 == rest) for rest in range(12)}
    top = names["top"]
    assert top.columns == ["customer", "revenue"]
    assert top["revenue"].to_list() == sorted(revenue.values(), reverse=True)[:10]
    assert all(revenue[customer] == amount for customer, amount in top.rows())
