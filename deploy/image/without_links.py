#!/usr/bin/env python3
"""Copies parts of a file system's tree, with what every symbolic link names in place of the link.

without_links.py FROM TO PART...     PART is a path below FROM, or PATH=NAME to give it another name below TO

An absolute link is meant below FROM. A link to what is not there is left out: it names a file of a package that is not installed.
"""

import os
import shutil
import sys


def real(top, path):
    """Where a path below top leads, every link on the way followed below top; None if nowhere."""
    at = top
    waiting = [part for part in path.split("/") if part]
    followed = 0
    while waiting:
        part = waiting.pop(0)
        if part == ".":
            continue
        if part == "..":
            at = at if at == top else os.path.dirname(at)
            continue
        below = os.path.join(at, part)
        if os.path.islink(below):
            followed += 1
            if followed > 40:
                return None
            target = os.readlink(below)
            if target.startswith("/"):
                at = top
            waiting = [each for each in target.split("/") if each] + waiting
        elif os.path.exists(below):
            at = below
        else:
            return None
    return at


def copy(top, path, to):
    source = real(top, path)
    if source is None:
        return
    if os.path.isdir(source):
        os.makedirs(to, exist_ok=True)
        for name in sorted(os.listdir(source)):
            copy(top, os.path.join(path, name), os.path.join(to, name))
    else:
        os.makedirs(os.path.dirname(to), exist_ok=True)
        shutil.copy2(source, to)


def main():
    top, to, *parts = sys.argv[1:]
    top = os.path.realpath(top)
    for part in parts:
        path, _, name = part.partition("=")
        if real(top, path) is None:
            sys.exit(f"{path} is in none of the packages")
        copy(top, path, os.path.join(to, name or path))


main()
