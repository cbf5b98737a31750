"""Writes the tables of this folder from the packages scikit-learn and statsmodels, into the folder given."""

import csv
import sys
from pathlib import Path

from sklearn import datasets

folder = Path(sys.argv[1])


def write(name, header, rows):
    with open(folder / name, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def plain(value):
    return int(value) if float(value).is_integer() else float(value)


iris = datasets.load_iris()
names = [name.removesuffix(" (cm)").replace(" ", "_") for name in iris.feature_names]
write("iris.csv", [*names, "species"], [[*x, iris.target_names[y]] for x, y in zip(iris.data.tolist(), iris.target)])

wine = datasets.load_wine()
names = [name.replace("/", "_or_") for name in wine.feature_names]
write("wine.csv", [*names, "cultivar"], [[*map(plain, x), y + 1] for x, y in zip(wine.data.tolist(), wine.target)])

digits = datasets.load_digits()
names = [f"r{row}c{column}" for row in range(8) for column in range(8)]
write("digits.csv", [*names, "digit"], [[*map(plain, x), y] for x, y in zip(digits.data.tolist(), digits.target)])

# The table lies in the package; to import it would need the packages that statsmodels stands on.
sunspots = Path(sys.argv[2]) / "statsmodels/datasets/sunspots/sunspots.csv"
with open(sunspots) as file:
    rows = [(int(float(row["YEAR"])), row["SUNACTIVITY"]) for row in csv.DictReader(file)]
write("sunspots.csv", ["year", "sunspots"], rows)
