# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine with networks of its own: a real NetworkManager on a private bus, in namespaces that end
with the test. Nothing outside sees any of it.

`enter()` first of all: as root, or as an ordinary user where the kernel lets him. Then `Networks`: `lan`
leads to the station's side at 10.20.0.1, `wifi` to strangers at 192.168.1.1."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import time

INSIDE = 'DOORSTEP_TEST_NETWORKS'
TOOLS = {'NetworkManager': 'network-manager', 'nmcli': 'network-manager', 'dbus-daemon': 'dbus',
         'ip': 'iproute2', 'tc': 'iproute2', 'unshare': 'util-linux', 'nsenter': 'util-linux',
         'sshd': 'openssh-server'}
STATION, STRANGER = '10.20.0.1', '192.168.1.1'
OURS = '10.20.3.4/16'


def path():
    return os.environ.get('PATH', '') + ':/usr/sbin:/sbin'


def skip(reason):
    print(f'1..0 # SKIP {reason}')
    sys.exit(0)


def enter():
    """Starts the script anew as root of its own network, mounts and processes; the outer one waits."""
    if os.environ.get(INSIDE):
        os.environ['PATH'] = path()
        return
    for tool, package in TOOLS.items():
        if shutil.which(tool, path=path()) is None:
            skip(f'{tool} is not installed; packaging/install-deps --test brings {package}')
    me = ['--user', '--map-root-user'] if os.geteuid() != 0 else []
    command = ['unshare', *me, '--net', '--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc']
    probe = subprocess.run([*command, 'ip', 'link', 'add', 'probe0', 'type', 'veth', 'peer', 'name', 'probe1'],
                           capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        skip(f'no network namespace with virtual cables here: {probe.stderr.strip()}')
    environment = dict(os.environ, **{INSIDE: f'{os.geteuid()} {os.getegid()}'})
    done = subprocess.run([*command, sys.executable, *sys.argv], env=environment, check=False)
    sys.exit(done.returncode if done.returncode >= 0 else 1)


def as_caller(words):
    """sshd that is root wants more accounts than an ordinary user's namespace has: there it runs as
    himself. The command, and his name."""
    uid, gid = os.environ[INSIDE].split()
    if uid == '0':
        return words, 'root'
    return ['unshare', '--user', f'--map-user={uid}', f'--map-group={gid}', *words], pwd.getpwuid(int(uid)).pw_name


def command(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True, **more).stdout


def wait_until(what, seconds=30):
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            raise AssertionError('waited in vain')
        time.sleep(0.05)


# As on a real machine: nobody may own a name or call a method but as NetworkManager's own rules say.
RULES = '/usr/share/dbus-1/system.d/org.freedesktop.NetworkManager.conf'
BUS = f'''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={{socket}}</listen>
  <policy context="default">
    <allow user="*"/><deny own="*"/><deny send_type="method_call"/><allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="method_return"/>
    <allow receive_type="error"/><allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
  </policy>
  <include ignore_missing="no">{RULES}</include>
</busconfig>
'''

MANAGER = '''[main]
plugins=keyfile
auth-polkit=false
no-auto-default=*
dns=none
rc-manager=unmanaged
hostname-mode=none
[keyfile]
path={folder}/connections
[device-cables]
match-device=interface-name:lan,interface-name:wifi
managed=1
[connectivity]
uri=http://{stranger}/check
response=online
interval=300
'''


class Side:
    """The far side of a cable: a network namespace with one address."""

    def __init__(self, device, address):
        self.device = device
        self.holder = subprocess.Popen(['unshare', '--net', 'sleep', 'infinity'])
        ours = os.readlink('/proc/self/ns/net')
        wait_until(lambda: os.readlink(f'/proc/{self.holder.pid}/ns/net') != ours)
        command('ip', 'link', 'add', device, 'type', 'veth', 'peer', 'name', 'far', 'netns', self.holder.pid)
        self.run('ip', 'address', 'add', address, 'dev', 'far')
        self.run('ip', 'link', 'set', 'lo', 'up')
        self.plug()

    def inside(self, *words):
        return ['nsenter', '-t', str(self.holder.pid), '-n', *[str(word) for word in words]]

    def run(self, *words, **more):
        return command(*self.inside(*words), **more)

    def plug(self):
        self.run('ip', 'link', 'set', 'far', 'up')

    def unplug(self):
        self.run('ip', 'link', 'set', 'far', 'down')


class Networks:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.socket = self.folder / 'bus'
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = f'unix:path={self.socket}'
        self.bus = self.manager = None
        # NetworkManager leaves devices alone while /sys is writable: a container's mark
        command('mount', '-t', 'sysfs', '-o', 'ro', 'sysfs', '/sys')
        command('mount', '-t', 'tmpfs', 'tmpfs', '/run')
        if os.path.isdir('/var/lib/NetworkManager'):
            command('mount', '-t', 'tmpfs', 'tmpfs', '/var/lib/NetworkManager')
        os.makedirs('/run/sshd', exist_ok=True)
        command('ip', 'link', 'set', 'lo', 'up')
        self.lan = Side('lan', f'{STATION}/16')
        self.wifi = Side('wifi', f'{STRANGER}/24')

    def start_bus(self):
        (self.folder / 'bus.conf').write_text(BUS.format(socket=self.socket))
        self.socket.unlink(missing_ok=True)
        self.bus = subprocess.Popen(['dbus-daemon', '--nofork', f'--config-file={self.folder}/bus.conf'],
                                    stderr=(self.folder / 'bus.log').open('a'))
        wait_until(self.socket.exists)

    def start_manager(self):
        settings = self.folder / 'manager'
        (settings / 'connections').mkdir(parents=True, exist_ok=True)
        (settings / 'empty').mkdir(exist_ok=True)
        config = settings / 'NetworkManager.conf'
        config.write_text(MANAGER.format(folder=settings, stranger=STRANGER))
        self.manager = subprocess.Popen(
            ['NetworkManager', '--no-daemon', f'--config={config}', f'--config-dir={settings}/empty',
             f'--system-config-dir={settings}/empty', f'--intern-config={settings}/intern.conf',
             f'--state-file={settings}/state', f'--pid-file={settings}/pid'],
            stdout=(settings / 'log').open('a'), stderr=subprocess.STDOUT)
        wait_until(lambda: 'running' in self.ask('-t', '-f', 'RUNNING', 'general').split())

    def ask(self, *words):
        return subprocess.run(['nmcli', *words], capture_output=True, text=True, check=False).stdout

    def tell(self, *words):
        return command('nmcli', '--wait', '20', *words)

    def add(self, name, device, address, gateway, *words):
        self.tell('connection', 'add', 'type', 'ethernet', 'con-name', name, 'ifname', device, 'autoconnect', 'no',
                  'ipv6.method', 'disabled', 'ipv4.method', 'manual', 'ipv4.addresses', address, 'ipv4.gateway',
                  gateway, *words)

    @contextlib.contextmanager
    def portal(self):
        """The strangers' gateway answers NetworkManager's question with a page of its own. Yields what
        makes it answer as the internet would."""
        pages = self.folder / 'pages'
        pages.mkdir()
        (pages / 'check').write_text('please log in')
        server = subprocess.Popen(
            self.wifi.inside(sys.executable, '-m', 'http.server', '80', '--bind', STRANGER, '--directory', pages),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: subprocess.run(self.wifi.inside('bash', '-c', f'exec 3<>/dev/tcp/{STRANGER}/80'),
                                              capture_output=True, check=False).returncode == 0)
            yield lambda: (pages / 'check').write_text('online')
        finally:
            self.end(server)

    def check(self):
        """Whether the internet is there, asked anew."""
        return self.tell('networking', 'connectivity', 'check').strip()

    def slow(self, device):
        """Few bytes a second leave by this device."""
        command('tc', 'qdisc', 'add', 'dev', device, 'root', 'tbf', 'rate', '160kbit', 'burst', '8kb',
                'latency', '400ms')

    def fast(self, device):
        command('tc', 'qdisc', 'del', 'dev', device, 'root')

    def end(self, process, signum=signal.SIGTERM):
        if process is not None and process.poll() is None:
            process.send_signal(signum)
            process.wait(timeout=20)

    def stop_manager(self):
        self.end(self.manager)

    def stop_bus(self):
        self.end(self.bus)

    def close(self):
        for process in (self.manager, self.bus, self.lan.holder, self.wifi.holder):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.end(process)
