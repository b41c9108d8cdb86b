# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bundles in a station's repository as an untrusted carrier could make them: with git alone."""

import subprocess


def git(repository, *words, data=b''):
    return subprocess.run(['git', '-C', str(repository), *words], input=data, check=True,
                          capture_output=True).stdout


def bundles(repository):
    """Ids that wait there, with their commits."""
    lines = git(repository, 'for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/bundles')
    return dict(line.split() for line in lines.decode().splitlines())


def entries(repository, commit):
    """name → object of a bundle's tree."""
    lines = git(repository, 'ls-tree', commit).decode().splitlines()
    return {line.split('\t')[1]: line.split()[2] for line in lines}


def read(repository, blob):
    return git(repository, 'cat-file', 'blob', blob)


def write(repository, data):
    return git(repository, 'hash-object', '-w', '--stdin', data=data).decode().strip()


def point(repository, bundle, tree):
    """Makes the ref of a waiting bundle name this tree (name → object), in the form of its commit."""
    text = ''.join(f'100644 blob {blob}\t{name}\n' for name, blob in sorted(tree.items()))
    made = git(repository, 'mktree', data=text.encode())
    commit = git(repository, 'cat-file', 'commit', bundles(repository)[bundle])
    changed = b'tree ' + made + commit[commit.index(b'\n') + 1:]
    name = git(repository, 'hash-object', '-t', 'commit', '-w', '--stdin', data=changed)
    git(repository, 'update-ref', f'refs/bundles/{bundle}', name.decode().strip())


def replace(repository, bundle, name, data):
    """One entry of a waiting bundle becomes data; None removes it."""
    tree = entries(repository, bundles(repository)[bundle])
    if data is None:
        del tree[name]
    else:
        tree[name] = write(repository, data)
    point(repository, bundle, tree)


def flip(data, at=None):
    """data with one bit changed, in the middle unless told."""
    at = len(data) // 2 if at is None else at
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
