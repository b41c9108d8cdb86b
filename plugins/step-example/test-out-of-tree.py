#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds the example from installed headers and pkg-config alone.

usage: test-out-of-tree.py BUILD_DIR EXAMPLE_DIR LOADER
LOADER takes a plugin folder and an id and loads that plugin.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def run(*words, **more):
    return subprocess.run(words, check=True, text=True, capture_output=True, **more).stdout


def install(build, dest):
    """The development files under dest; returns the folder of the .pc file."""
    run("meson", "install", "-C", build, "--no-rebuild", "--tags", "devel,sdk", "--destdir", dest)
    (pc,) = pathlib.Path(dest).rglob("doorstep-plugin.pc")
    text = pc.read_text()
    prefix = re.search(r"^prefix=(.*)$", text, re.M).group(1)
    pc.write_text(text.replace(f"prefix={prefix}", f"prefix={dest}{prefix}", 1))
    return str(pc.parent)


def main(build, example, loader):
    with tempfile.TemporaryDirectory() as temp:
        dest = os.path.join(temp, "root")
        env = dict(os.environ, PKG_CONFIG_PATH=install(build, dest))
        flags = run("pkg-config", "--cflags", "--libs", "doorstep-plugin", env=env).split()
        folder = os.path.join(temp, "plugins", "step-example")
        os.makedirs(folder, mode=0o755)
        module = os.path.join(folder, "step-example.so")
        shutil.copy(os.path.join(example, "step-example.c"), temp)
        run("cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o", module,
            "step-example.c", *flags, cwd=temp)
        names = run("nm", "-D", "--defined-only", "--format=posix", module).split("\n")
        exported = [line.split()[0] for line in names if line]
        if exported != ["doorstep_plugin"]:
            sys.exit(f"exports {exported}, expected doorstep_plugin alone")
        shutil.copy(os.path.join(example, "plugin.json"), folder)
        said = run(loader, os.path.dirname(folder), "step-example")
        if said != "step-example step loaded\n":
            sys.exit(f"the loader says {said!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
