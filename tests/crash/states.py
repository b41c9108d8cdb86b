# SPDX-License-Identifier: LGPL-2.1-or-later
"""The disks that a power cut could leave behind, from a recording.

The rules, stricter than any one file system: content is on the disk for certain once its file was
synced, a name once its folder was. Until then each 512-byte sector of a write, each change of a
length and each change of a name may be there or not, in any combination; of several versions of a
sector, any. A rename is one change. Nothing else is ever damaged."""

import hashlib
import os
import random
import shutil

from recording import (CREATE, FALLOCATE, FDATASYNC, FILE, FOLDER, FSYNC, MKDIR, OTHER, SPOKE, SYMLINK,
                       SYNCFS, TRUNCATE, WRITE, Names, Node)

SECTOR = 512
ALL, NONE = 'all', 'none'


class Change:
    """One thing that a cut may lose: of names, or of a file's content."""
    __slots__ = ('at', 'names', 'ino', 'op', 'waits')

    def __init__(self, at, op, names=(), ino=None):
        self.at, self.op, self.names, self.ino = at, op, names, ino
        self.waits = {folder for folder, _, _ in names} if names else {ino}


class Recording:
    """A recording and where each change became certain."""

    def __init__(self, root, nodes, top, ops):
        self.root, self.top = str(root), top
        self.nodes = dict(nodes)
        self.ops = ops
        self.changes = []   # in order
        self.promised = []  # per call: how many promises were given before it
        self._walk()

    def _walk(self):
        names, promises = Names(self.root, self.nodes, self.top), 0
        for at, op in enumerate(self.ops):
            self.promised.append(promises)
            if op.kind == OTHER:
                raise AssertionError(f'the model does not know {op.first}')
            if op.kind == SPOKE:
                promises += op.ino
                continue
            if op.kind in (CREATE, MKDIR, SYMLINK):
                kind = {CREATE: FILE, MKDIR: FOLDER}.get(op.kind, 'link')
                self.nodes[op.ino] = Node(op.ino, kind, op.data, {} if kind == FOLDER else None)
            changed = names.apply(op)
            if changed:
                self.changes.append(Change(at, op, changed))
            elif op.kind in (WRITE, TRUNCATE, FALLOCATE):
                self.changes.append(Change(at, op, ino=op.ino))
        self.promised.append(promises)
        self.untouched = find_untouched(self)

    def cut(self, at):
        """What is certain and what is not when the power goes before call `at`."""
        synced = {}   # ino: last sync
        everything = -1
        for place in range(at):
            op = self.ops[place]
            if op.kind in (FSYNC, FDATASYNC):
                synced[op.ino] = place
            elif op.kind == SYNCFS:
                everything = place
        certain, open_ = [], []
        for change in self.changes:
            if change.at >= at:
                break
            done = all(max(synced.get(ino, -1), everything) > change.at for ino in change.waits)
            (certain if done else open_).append(change)
        return certain, open_


class Disk:
    """A tree: {folder ino: {name: ino}}, {file ino: content}."""

    def __init__(self, recording):
        self.recording = recording
        self.names, self.files = {}, {}

    def folder(self, ino):
        if ino not in self.names:
            node = self.recording.nodes[ino]
            self.names[ino] = dict(node.names)
        return self.names[ino]

    def content(self, ino):
        if ino not in self.files:
            self.files[ino] = bytearray(self.recording.nodes[ino].data)
        return self.files[ino]

    def apply(self, change, part=ALL, lot=None):
        """All of a change, or a drawn part of a write."""
        op = change.op
        for folder, name, ino in change.names:
            if ino is None:
                self.folder(folder).pop(name, None)
            else:
                self.folder(folder)[name] = ino
        if change.ino is None:
            return
        content = self.content(change.ino)
        if op.kind == TRUNCATE:
            self._resize(content, op.offset)
        elif op.kind == FALLOCATE:
            self._resize(content, max(len(content), op.offset))
        else:
            self._write(content, op, part, lot)

    @staticmethod
    def _resize(content, size):
        if size < len(content):
            del content[size:]
        else:
            content.extend(bytes(size - len(content)))

    @staticmethod
    def _write(content, op, part, lot):
        end = op.offset + len(op.data)
        if part == ALL:
            Disk._resize(content, max(end, len(content)))
            content[op.offset:end] = op.data
            return
        if lot.random() < 0.3:  # the length came, the content did not (yet)
            Disk._resize(content, max(end, len(content)))
        at = op.offset
        while at < end:
            until = min((at // SECTOR + 1) * SECTOR, end)
            if lot.random() < 0.5:
                Disk._resize(content, max(until, len(content)))
                content[at:until] = op.data[at - op.offset:until - op.offset]
            at = until

    def key(self):
        """Equal for equal trees; names that are not reachable do not count."""
        digest = hashlib.sha256()
        stack = [(b'', self.recording.top)]
        while stack:
            path, ino = stack.pop()
            node = self.recording.nodes[ino]
            digest.update(b'%s\0%s\0' % (path, node.kind.encode()))
            if node.kind == FOLDER:
                names = self.names.get(ino)
                if names is None and ino in self.recording.untouched:
                    continue
                for name, child in sorted((names if names is not None else node.names).items()):
                    stack.append((path + b'/' + name.encode(), child))
            elif ino in self.files:
                digest.update(hashlib.sha256(self.files[ino]).digest())
        return digest.digest()


def find_untouched(recording):
    """Folders that are the same in every state, with all that is in them."""
    changed = {folder for change in recording.changes for folder, _, _ in change.names}
    changed |= {change.ino for change in recording.changes if change.ino is not None}

    same = set()

    def look(ino):
        node = recording.nodes[ino]
        below = [look(child) for child in (node.names or {}).values()]
        alone = ino not in changed and all(below)
        if alone:
            same.add(ino)
        return alone

    look(recording.top)
    return same


def build(recording, certain, picks):
    """A disk with all that is certain and the picked changes: [(change, ALL or a part, lot)]."""
    disk = Disk(recording)
    every = sorted([(change, ALL, None) for change in certain] + picks, key=lambda pick: pick[0].at)
    for change, part, lot in every:
        disk.apply(change, part, lot)
    return disk


def systematic(recording):
    """For each call: everything there, nothing open there, each open change alone lost, alone there."""
    for at in range(len(recording.ops) + 1):
        if at < len(recording.ops) and recording.ops[at].kind == SPOKE:
            continue
        certain, open_ = recording.cut(at)
        yield at, certain, [(change, ALL, None) for change in open_]
        if not open_:
            continue
        yield at, certain, []
        for chosen in open_:
            yield at, certain, [(chosen, ALL, None)]
            yield at, certain, [(change, ALL, None) for change in open_ if change is not chosen]


def drawn(recording, lot):
    """Without end: a call, and a drawn part of what is open there."""
    while True:
        at = lot.randrange(len(recording.ops) + 1)
        certain, open_ = recording.cut(at)
        if not open_:
            continue
        keep, torn = lot.choice((0.1, 0.5, 0.9)), lot.choice((0.0, 0.3, 1.0))
        picks = []
        for change in open_:
            if lot.random() < keep:
                tear = change.op.kind == WRITE and lot.random() < torn
                picks.append((change, 'part' if tear else ALL, lot if tear else None))
        yield at, certain, picks


def tree(disk):
    """{path: content, or None for a folder} of a disk."""
    found, stack = {}, [('', disk.recording.top)]
    while stack:
        path, ino = stack.pop()
        node = disk.recording.nodes[ino]
        if node.kind == FOLDER:
            found[path] = None
            stack += [(f'{path}/{name}', child) for name, child in disk.names.get(ino, node.names).items()]
        else:
            found[path] = bytes(disk.files.get(ino, node.data))
    return found


def tree_of(nodes, top):
    """The same of a snapshot."""
    found, stack = {}, [('', top)]
    while stack:
        path, ino = stack.pop()
        node = nodes[ino]
        found[path] = None if node.kind == FOLDER else node.data
        stack += [(f'{path}/{name}', child) for name, child in (node.names or {}).items()]
    return found


class Place:
    """A folder that is made to hold one disk after the other. Objects, which nobody writes twice,
    are hard links to a copy; their folders that no call names are left as they are."""

    def __init__(self, recording, folder, base):
        self.recording, self.folder, self.base = recording, str(folder), str(base)
        self.renew()

    def renew(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder, 0o700)

    def put(self, disk):
        self._fill(disk, self.recording.top, self.folder, self.base)

    def _fill(self, disk, ino, path, base):
        """Makes `path` what the disk says. `base`: where the same lies in the copy, or None."""
        node = self.recording.nodes[ino]
        wanted = disk.names.get(ino, node.names)
        for entry in list(os.scandir(path)):
            folder = entry.is_dir(follow_symlinks=False)
            if folder and entry.name in wanted and self.recording.nodes[wanted[entry.name]].kind == FOLDER:
                continue
            if folder:
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
        for name, child in wanted.items():
            from_base = f'{base}/{name}' if base and node.names.get(name) == child else None
            self._make(disk, child, f'{path}/{name}', from_base)

    def _make(self, disk, ino, path, base):
        node = self.recording.nodes[ino]
        if node.kind == FOLDER:
            if not os.path.isdir(path):
                os.mkdir(path, 0o700)
            elif ino in self.recording.untouched and '/objects/' in path:
                return
            self._fill(disk, ino, path, base)
        elif node.kind != FILE:
            os.symlink(os.fsdecode(node.data), path)
        elif ino not in disk.files and base is not None and '/objects/' in path:
            os.link(base, path)
        else:
            data = disk.files.get(ino, node.data)
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            if data:
                os.write(fd, data)
            os.close(fd)
