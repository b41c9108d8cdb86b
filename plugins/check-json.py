#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks every plugin.json against schemas/plugin.schema.json, and that the schema can say no.

usage: check-json.py SCHEMA PLUGIN_FOLDER ...
"""
import copy
import json
import pathlib
import sys

import jsonschema

SPOILERS = {
    "an unknown key": lambda it: it.update(colour="red"),
    "no title": lambda it: it.pop("title"),
    "an unknown kind": lambda it: it.update(kind="ladder"),
    "an unknown slot": lambda it: it.update(slots=[{"slot": "retina", "title": it["title"]}]),
    "a choice without options": lambda it: it.update(
        fields=[{"name": "x.a", "type": "choice", "title": it["title"]}]),
    "a module elsewhere": lambda it: it.update(module="/tmp/x.so"),
}


def main(schema_path, *folders):
    schema = jsonschema.Draft202012Validator(json.loads(pathlib.Path(schema_path).read_text("utf-8")))
    bad = 0
    for folder in map(pathlib.Path, folders):
        info = json.loads((folder / "plugin.json").read_text("utf-8"))
        for error in schema.iter_errors(info):
            bad += 1
            print(f"{folder.name}/plugin.json: {error.json_path}: {error.message}", file=sys.stderr)
        for what, spoil in SPOILERS.items():
            spoiled = copy.deepcopy(info)
            spoil(spoiled)
            if schema.is_valid(spoiled):
                bad += 1
                print(f"{folder.name}: the schema lets {what} pass", file=sys.stderr)
    return 1 if bad or not folders else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
