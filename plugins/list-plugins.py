#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the names of the folders beside this file that are plugins, sorted."""
import pathlib

here = pathlib.Path(__file__).resolve().parent
for folder in sorted(here.iterdir()):
    if (folder / "plugin.json").is_file() and (folder / "meson.build").is_file():
        print(folder.name)
