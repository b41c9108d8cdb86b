#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails when a module exports anything but `doorstep_plugin`.

usage: check-exports.py MODULE.so ...
"""
import subprocess
import sys


def exported(module):
    """Names a module defines for others; the sanitizers' own are not its doing."""
    listing = subprocess.run(
        ["nm", "--dynamic", "--defined-only", "--format=posix", module],
        check=True, capture_output=True, text=True).stdout
    names = {line.split()[0].split("@")[0] for line in listing.splitlines()}
    return {name for name in names if not name.startswith(("__asan_", "__odr_asan", "__ubsan_"))}


def main(modules):
    bad = 0
    for module in modules:
        names = exported(module)
        if names != {"doorstep_plugin"}:
            bad += 1
            print(f"{module}: exports {', '.join(sorted(names)) or 'nothing'}; "
                  "a plugin exports doorstep_plugin and nothing else", file=sys.stderr)
    return 1 if bad or not modules else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
