# SPDX-License-Identifier: LGPL-2.1-or-later
"""What doorstep-crash.so wrote down, and the file tree as the program saw it."""

import os
import stat
import struct

CREATE, TRUNCATE, WRITE, MKDIR, RENAME, LINK, SYMLINK, UNLINK, RMDIR, FSYNC, FDATASYNC, SYNCFS, \
    FALLOCATE, SPOKE, OTHER = range(1, 16)
HEAD = struct.Struct('<IIQQIIQ')  # as in interpose.c
SYNCS = (FSYNC, FDATASYNC, SYNCFS)
FOLDER, FILE, SYMBOLIC = 'folder', 'file', 'link'


class Op:
    __slots__ = ('kind', 'ino', 'offset', 'first', 'second', 'data')

    def __init__(self, kind, ino=0, offset=0, first='', second='', data=b''):
        self.kind, self.ino, self.offset = kind, ino, offset
        self.first, self.second, self.data = first, second, data


def read(path):
    """The calls of a log, in order."""
    text, at, found = path.read_bytes(), 0, []
    while at < len(text):
        kind, _, ino, offset, first, second, size = HEAD.unpack_from(text, at)
        at += HEAD.size
        names = text[at:at + first].decode(), text[at + first:at + first + second].decode()
        at += first + second
        found.append(Op(kind, ino, offset, *names, text[at:at + size]))
        at += size
    return found


def promise(log, words=''):
    """Written by whoever ran the program: it ended well, so what it did counts."""
    with log.open('ab') as out:
        out.write(HEAD.pack(SPOKE, 0, 1, 0, 0, 0, len(words.encode())) + words.encode())


class Node:
    """A file, folder or symbolic link before the first call."""
    __slots__ = ('ino', 'kind', 'data', 'names')

    def __init__(self, ino, kind, data=b'', names=None):
        self.ino, self.kind, self.data, self.names = ino, kind, data, names


def snapshot(root):
    """Everything below `root`, as {ino: Node}, and the ino of root itself. Names are {name: ino}."""
    nodes = {}

    def look(path):
        found = os.lstat(path)
        if found.st_ino in nodes:
            return found.st_ino
        if stat.S_ISDIR(found.st_mode):
            node = Node(found.st_ino, FOLDER, names={})
            nodes[node.ino] = node
            for entry in os.scandir(path):
                node.names[entry.name] = look(entry.path)
        elif stat.S_ISLNK(found.st_mode):
            nodes[found.st_ino] = Node(found.st_ino, SYMBOLIC, os.fsencode(os.readlink(path)))
        else:
            with open(path, 'rb') as file:
                nodes[found.st_ino] = Node(found.st_ino, FILE, file.read())
        return found.st_ino

    return nodes, look(str(root))


class Names:
    """Folders and names as the program saw them: finds what a path stood for at a call."""

    def __init__(self, root, nodes, top):
        self.root, self.top = str(root), top
        self.names = {ino: dict(node.names) for ino, node in nodes.items() if node.kind == FOLDER}

    def place(self, path):
        """(ino of the folder, name) of a path below the root."""
        words = os.path.relpath(path, self.root).split('/')
        at = self.top
        for word in words[:-1]:
            at = self.names[at][word]
        return at, words[-1]

    def apply(self, op):
        """The names that a call changes, as [(folder, name, ino or None)]; [] for others."""
        if op.kind in (CREATE, MKDIR):
            changes = [(*self.place(op.first), op.ino)]
        elif op.kind == SYMLINK:
            changes = [(*self.place(op.second), op.ino)]
        elif op.kind in (UNLINK, RMDIR):
            folder, name = self.place(op.first)
            if name not in self.names[folder]:
                return []  # another program made it (git), and it is gone again
            changes = [(folder, name, None)]
        elif op.kind in (RENAME, LINK):
            folder, name = self.place(op.first)
            ino = self.names[folder][name]
            changes = [(*self.place(op.second), ino)]
            if op.kind == RENAME:
                changes.insert(0, (folder, name, None))
        else:
            return []
        if op.kind == MKDIR:
            self.names[op.ino] = {}
        for folder, name, ino in changes:
            if ino is None:
                del self.names[folder][name]
            else:
                self.names[folder][name] = ino
        return changes
