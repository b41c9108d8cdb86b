# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two accounts that exist for one test only.

The test runs again in a mount namespace of its own, where /etc/passwd and /etc/group name an officer
and a courier; nothing of the machine changes. As root that is enough; other users need a user
namespace with a range of ids (newuidmap, /etc/subuid)."""

import os
import pathlib
import subprocess
import sys
import tempfile

OFFICER_UID, COURIER_UID, GROUP = 61234, 61235, 61236
OFFICER_NAME, COURIER_NAME, GROUP_NAME = 'doorstep-test-li', 'doorstep-courier', 'doorstep-carry'
INSIDE = 'DOORSTEP_TEST_ACCOUNTS'


def enter():
    """Runs this script again inside. Why not, in words, when that cannot be; None inside."""
    if os.environ.get(INSIDE):
        return None
    words = ['unshare', '--mount', '--propagation', 'private']
    if os.geteuid() != 0:
        words += ['--user', '--map-root-user', '--map-auto']
    try:
        done = subprocess.run([*words, 'setpriv', f'--reuid={COURIER_UID}', f'--regid={GROUP}',
                               '--clear-groups', 'true'], capture_output=True, text=True, check=False)
    except OSError as error:
        return f'two accounts take unshare and setpriv: {error}'
    if done.returncode != 0:
        return f'no namespace with two accounts here: {done.stderr.strip().splitlines()[-1:]}'
    os.environ[INSIDE] = '1'
    os.execvp(words[0], [*words, sys.executable, *sys.argv])


def mount(*words):
    subprocess.run(['mount', *[str(word) for word in words]], check=True)


def name_accounts():
    """The machine's accounts and ours, for whoever asks in this namespace."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='doorstep-accounts-'))
    added = {'passwd': [f'{OFFICER_NAME}:x:{OFFICER_UID}:{OFFICER_UID}::/nonexistent:/bin/sh',
                        f'{COURIER_NAME}:x:{COURIER_UID}:{GROUP}::/nonexistent:/usr/sbin/nologin'],
             'group': [f'{OFFICER_NAME}:x:{OFFICER_UID}:', f'{GROUP_NAME}:x:{GROUP}:{OFFICER_NAME}']}
    for name, lines in added.items():
        old = pathlib.Path('/etc', name).read_text()
        kept = [line for line in old.splitlines()
                if line.split(':')[0] not in (OFFICER_NAME, COURIER_NAME, GROUP_NAME)]
        (folder / name).write_text('\n'.join([*kept, *lines]) + '\n')
        (folder / name).chmod(0o644)
        mount('--bind', folder / name, f'/etc/{name}')
        (folder / name).unlink()  # the mount keeps it
    # in a user namespace the machine's root is nobody: sshd wants its folder to be root's, and calls
    # an account locked of which it cannot read that it is not
    if os.stat('/run').st_uid != 0:
        (folder / 'shadow').write_text('root:*:20000:0:99999:7:::\n')
        mount('--bind', folder / 'shadow', '/etc/shadow')
        (folder / 'shadow').unlink()
        mount('-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', '/run')
    folder.rmdir()


def barrier(path):
    """The first folder on the way to `path` that others may not enter."""
    for folder in [*reversed(path.parents), path]:
        if folder.is_dir() and not folder.stat().st_mode & 0o001:
            return folder
    return None


def show(*folders):
    """Lets every account of this namespace reach `folders`, wherever they lie: a private home is
    replaced by an empty one in which only they are."""
    closed = {folder: barrier(folder) for folder in folders
              if not any(other in folder.parents for other in folders)}
    holds = {}
    for folder in [folder for folder, wall in closed.items() if wall is not None]:
        if closed[folder] == folder:
            raise RuntimeError(f'{folder} itself may not be entered by others')
        holds[folder] = pathlib.Path(tempfile.mkdtemp(prefix='doorstep-hold-'))
        mount('--bind', folder, holds[folder])
    for wall in {closed[folder] for folder in holds}:
        mount('-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', wall)
    for folder, hold in holds.items():
        folder.mkdir(parents=True)
        mount('--move', hold, folder)
        hold.rmdir()


def as_officer(*words):
    return ['setpriv', f'--reuid={OFFICER_UID}', f'--regid={OFFICER_UID}', f'--groups={GROUP}', '--', *words]


def as_courier(*words):
    return ['setpriv', f'--reuid={COURIER_UID}', f'--regid={GROUP}', '--clear-groups', '--', *words]


def call_sets():
    """The sets of system calls systemd knows by name: {'@system-service': {'read', …}}."""
    done = subprocess.run(['systemd-analyze', '--no-pager', 'syscall-filter'], capture_output=True, text=True,
                          check=True)
    sets, name = {}, None
    for line in done.stdout.splitlines():
        if line.startswith('@'):
            name = line.strip()
            sets[name] = set()
        elif line.startswith('    ') and name and not line.strip().startswith('#'):
            sets[name].add(line.strip())

    def whole(entry):
        if not entry.startswith('@'):
            return {entry}
        return set().union(*(whole(each) for each in sets[entry]))

    return {name: whole(name) for name in sets}


def service_calls(unit):
    """What the SystemCallFilter= lines of this service file leave."""
    sets = call_sets()
    allowed = set(sets['@default'])
    for line in pathlib.Path(unit).read_text().splitlines():
        if not line.startswith('SystemCallFilter='):
            continue
        words = line.partition('=')[2]
        calls = set().union(*(sets[word] for word in words.lstrip('~').split()))
        allowed = allowed - calls if words.startswith('~') else allowed | calls
    return allowed
