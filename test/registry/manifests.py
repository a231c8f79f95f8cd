"""Writes what every good case makes, one file each: manifests.py FOLDER NAMESPACE.

FOLDER/PROTOTYPE.CASE.json is a v1 List of the objects called like the prototype; a name per case, so that all of them fit
into one namespace."""

import json
import pathlib
import sys

import cases
from prototype import all_prototypes, render_all


def main(folder, namespace):
    prototypes = {p.name.removeprefix("io.ksonnet.pkg."): p for p in all_prototypes()}
    requests = {
        f"{short}.{case}": (prototypes[short], {"name": f"{short}-{case}".lower(), **params})
        for short, sets in cases.GOOD.items()
        for case, params in sets.items()
    }
    for key, objects in render_all(requests, namespace).items():
        (pathlib.Path(folder) / f"{key}.json").write_text(
            json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}, indent=1)
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
