"""kfctl's linear models against scikit-learn's with its defaults, five shuffled folds of five data sets.

folds.py KFCTL FOLDER: prints a row for each data set; exit status 1 if kfctl is worse somewhere.
"""

import csv
import subprocess
import sys
import warnings

import numpy
from sklearn import datasets
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import KFold

kfctl, folder = sys.argv[1:]
ROUNDING = 0.0005  # one prediction of digits


def write_rows(path, x, y):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{column}" for column in range(x.shape[1])] + ["label"])
        writer.writerows([*map(repr, map(float, row)), label] for row, label in zip(x, y))


def run(*command):
    done = subprocess.run([kfctl, *command, "--device", "cpu"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"kfctl {' '.join(command)}: {done.stderr}")


def ours(name, train, test):
    run_folder = f"{folder}/{name}"
    write_rows(f"{folder}/train.csv", *train)
    write_rows(f"{folder}/test.csv", *test)
    subprocess.run(["rm", "-rf", run_folder], check=True)
    run("train", "--data", f"{folder}/train.csv", "--label", "label", "--model", "linear",
        "--set", "data.split.validation=0", "--output", run_folder)
    run("predict", run_folder, "--data", f"{folder}/test.csv", "--output", f"{folder}/said.csv")
    with open(f"{folder}/said.csv") as file:
        return [row["prediction"] for row in csv.DictReader(file)]


def compare(name, data):
    x, y = data.data, data.target
    is_classes = name != "diabetes"
    labels = [f"c{value}" for value in y] if is_classes else [repr(float(value)) for value in y]
    scores = []
    for train, test in KFold(5, shuffle=True, random_state=0).split(x):
        said = ours(name, (x[train], [labels[i] for i in train]), (x[test], [labels[i] for i in test]))
        if is_classes:
            peer = LogisticRegression().fit(x[train], y[train]).predict(x[test])
            scores.append((accuracy_score([labels[i] for i in test], said), accuracy_score(y[test], peer)))
        else:
            peer = Ridge().fit(x[train], y[train]).predict(x[test])
            scores.append((r2_score(y[test], numpy.array(said, float)), r2_score(y[test], peer)))
    kfctls, peers = numpy.mean(scores, axis=0)
    worse = kfctls < peers - ROUNDING
    print(f"{name:14} {kfctls:.4f}, scikit-learn {peers:.4f}{': worse' if worse else ''}", flush=True)
    return worse


warnings.simplefilter("ignore")
found = [
    compare("iris", datasets.load_iris()),
    compare("wine", datasets.load_wine()),
    compare("breast_cancer", datasets.load_breast_cancer()),
    compare("digits", datasets.load_digits()),
    compare("diabetes", datasets.load_diabetes()),
]
sys.exit(any(found))
