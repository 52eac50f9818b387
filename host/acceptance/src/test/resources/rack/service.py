"""Starts a service as its systemd unit says, where no systemd runs: the unit's command, user, folders and environment, and
the restrictions that a process can be given without systemd. The command runs on a copy-on-write view of this machine, in
which a Debian package has been installed; nothing of the machine changes. Needs root, mount namespaces, python3-seccomp.

    unshare --mount --propagation private /usr/bin/python3 service.py WORK PACKAGE.deb UNIT JOURNAL VARIABLE=VALUE...

JOURNAL is the file that gets what the service writes. Variables go into the unit's EnvironmentFile. Each line on standard
output is a JSON object. Each line on standard input is a
command: `run WORD...` (as user nobody in the view), `root WORD...`, `read FILE`, `hangup`, `stop` (SIGTERM, then purge the package).
"""

import atexit
import ctypes
import json
import os
import pathlib
import pwd
import resource
import shlex
import signal
import socket
import subprocess
import sys
import threading

import seccomp

LIBC = ctypes.CDLL(None, use_errno=True)
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, CLONE_NEWNS = 24, 38, 0x00020000
# What systemd's documentation says that each name denies.
NAMESPACE_CALLS = ("unshare", "setns")
# Restrictions that hold by themselves for a process without capabilities, or that are of systemd alone.
BY_CAPABILITIES = {
    "ProtectClock", "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "RestrictRealtime", "RestrictSUIDSGID", "AmbientCapabilities"}
NOT_HERE = {
    "DevicePolicy", "KeyringMode", "PrivateUsers", "ProtectControlGroups", "ProtectProc", "RemoveIPC", "SystemCallArchitectures", "SystemCallErrorNumber"}
MANAGING = {
    "Type", "NotifyAccess", "TimeoutStartSec", "ExecReload", "Restart", "RestartSec", "RestartPreventExitStatus", "WatchdogSec", "TimeoutStopSec", "KillMode"}


def say(**event):
    print(json.dumps(event), flush=True)


def done(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(*arguments):
    subprocess.run(["mount", "-n", *arguments], check=True)


def view(work):
    """A copy-on-write view of the root file system at work/merged."""
    mount("-t", "tmpfs", "tmpfs", work)
    merged = f"{work}/merged"
    for folder in (f"{work}/upper", f"{work}/work", merged):
        os.mkdir(folder)
    mount("-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={work}/upper,workdir={work}/work", merged)
    for name in ("proc", "dev", "sys"):
        mount("--rbind", f"/{name}", f"{merged}/{name}")
    return merged


def settings(text):
    """The unit's [Service] section: every name with its values in order."""
    section, found = None, {}
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "Service" and line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def calls(names):
    """The system calls of these names; an @name is a set that systemd knows."""
    found = set()
    for name in names:
        if name.startswith("@"):
            lines = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True).stdout.splitlines()
            found |= calls(line.strip() for line in lines[1:] if line.strip() and not line.strip().startswith("#"))
        else:
            found.add(name)
    return found


def call_filter(unit):
    """The unit's SystemCallFilter, RestrictAddressFamilies and RestrictNamespaces, all other calls refused with EPERM."""
    allowed = set()
    for line in unit.pop("SystemCallFilter"):
        if line.startswith("~"):
            allowed -= calls(line[1:].split())
        else:
            allowed |= calls(line.split())
    if unit.pop("RestrictNamespaces") == ["yes"]:
        allowed -= set(NAMESPACE_CALLS)
    if unit.pop("LockPersonality") == ["yes"]:
        allowed.discard("personality")
    allowed.discard("socket")
    made = seccomp.SyscallFilter(defaction=seccomp.ERRNO(1))
    for name in sorted(allowed):
        try:
            made.add_rule(seccomp.ALLOW, name)
        except (ValueError, RuntimeError):
            pass  # a call of another processor, or newer than this library
    for family in unit.pop("RestrictAddressFamilies")[0].split():
        made.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, int(getattr(socket, family))))
    return made


def environment(unit, user, folders):
    own = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8", "USER": user.pw_name, "LOGNAME": user.pw_name, "HOME": user.pw_dir, "SHELL": user.pw_shell}
    own.update(folders)
    for file in unit.pop("EnvironmentFile"):
        for line in pathlib.Path(file.lstrip("-")).read_text().splitlines():
            if line and not line.startswith("#"):
                name, value = line.split("=", 1)
                own[name] = value
    return own


def make_folders(unit, user):
    """State and cache folders, and the variables that name them."""
    variables, all_folders = {}, []
    for setting, base in (("State", "/var/lib"), ("Cache", "/var/cache")):
        mode = int(unit.pop(setting + "DirectoryMode")[0], 8)
        folders = [f"{base}/{name}" for name in unit.pop(setting + "Directory")[0].split()]
        for folder in folders:
            os.makedirs(folder, mode, exist_ok=True)
            os.chmod(folder, mode)
            os.chown(folder, user.pw_uid, user.pw_gid)
        variables[setting.upper() + "_DIRECTORY"] = ":".join(folders)
        all_folders += folders
    return variables, all_folders


def protect(unit, writable):
    """File systems as the unit says; after this only those folders can be written."""
    for setting, value in (("ProtectSystem", "strict"), ("ProtectHome", "yes"), ("PrivateTmp", "yes"), ("PrivateDevices", "yes"), ("ProtectKernelTunables", "yes")):
        if unit.pop(setting) != [value]:
            raise SystemExit(f"{setting}: only {value} can be done here")
    for folder in writable:
        mount("--bind", folder, folder)
    mount("-o", "remount,bind,ro", "/")
    mount("-t", "tmpfs", "-o", "nosuid,nodev", "tmpfs", "/tmp")
    mount("-t", "tmpfs", "-o", "nosuid,nodev", "tmpfs", "/var/tmp")
    for home in ("/home", "/root"):
        mount("-t", "tmpfs", "-o", "mode=000,ro", "tmpfs", home)
    mount("--bind", "/proc/sys", "/proc/sys")
    mount("-o", "remount,bind,ro", "/proc/sys")
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/dev/shm")
    devices = "/tmp/devices"
    os.mkdir(devices)
    mount("-t", "tmpfs", "-o", "mode=755,nosuid", "tmpfs", devices)
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        pathlib.Path(devices, name).touch()
        mount("--bind", f"/dev/{name}", f"{devices}/{name}")
    os.mkdir(f"{devices}/shm")
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", f"{devices}/shm")
    mount("--move", devices, "/dev")
    os.rmdir(devices)


def become(unit, user):
    """The unit's user, without capabilities and with its limits."""
    if unit.pop("CapabilityBoundingSet") != [""] or unit.pop("NoNewPrivileges") != ["yes"]:
        raise SystemExit("only a unit without capabilities can be started here")
    for name, limit in (("LimitNOFILE", resource.RLIMIT_NOFILE), ("LimitCORE", resource.RLIMIT_CORE)):
        value, most = int(unit.pop(name)[0]), resource.getrlimit(limit)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)  # in a container only less is possible
        resource.setrlimit(limit, (value, value))
    for capability in range(int(pathlib.Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
        done(LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    done(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    os.umask(int(unit.pop("UMask")[0], 8))


def start(unit_file, journal):
    """The service's process id. Names of settings that this program does not know end it."""
    unit = settings(pathlib.Path(unit_file).read_text())
    user = pwd.getpwnam(unit.pop("User")[0])
    if pwd.getpwuid(user.pw_uid).pw_name != unit.pop("Group")[0]:
        raise SystemExit("only a group of the user's name can be had here")
    variables, folders = make_folders(unit, user)
    own = environment(unit, user, variables)
    own["NOTIFY_SOCKET"] = "/run/cipherstream-notify"
    own["WATCHDOG_USEC"] = "2000000"
    command = shlex.split(unit.pop("ExecStart")[0])
    calls_allowed = call_filter(unit)
    for name in BY_CAPABILITIES | NOT_HERE | MANAGING:
        unit.pop(name)
    folder = unit.pop("WorkingDirectory")[0]
    pid = os.fork()
    if pid == 0:
        try:
            done(LIBC.unshare(CLONE_NEWNS))  # what runs beside the service sees the view as it was
            protect(unit, folders)
            become(unit, user)
            if unit:
                raise SystemExit(f"the unit has settings that are not known here: {sorted(unit)}")
            os.chdir(folder)
            os.dup2(journal.fileno(), 1)
            os.dup2(journal.fileno(), 2)
            calls_allowed.load()
            os.execve(command[0], command, own)
        except BaseException as failure:  # also a SystemExit: the parent's work is not this process'
            print(failure, file=sys.stderr, flush=True)
            os._exit(99)
    return pid


def listen():
    """What the service tells its manager, as events."""
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind("/run/cipherstream-notify")
    os.chmod("/run/cipherstream-notify", 0o666)

    def receive():
        while True:
            # Descriptors that come with a message are closed: whoever sent them waits for that.
            for line in manager.recv(4096).decode().splitlines():
                say(told=line)

    threading.Thread(target=receive, daemon=True).start()


def tool(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    say(tool=list(command)[:2], status=done.returncode, out=done.stdout, err=done.stderr)
    return done.returncode


def as_nobody():
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def kill(pid):
    """Ends the service if it still runs; a test that fails leaves nothing behind."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def main():
    work, package, unit_name, journal_name, *variables = sys.argv[1:]
    journal = open(journal_name, "ab")
    root = view(work)
    installed = f"{root}/package.deb"
    pathlib.Path(installed).write_bytes(pathlib.Path(package).read_bytes())
    os.chroot(root)
    os.chdir("/")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    if tool("dpkg", "--install", "package.deb") != 0:
        return
    os.remove("/package.deb")
    unit_file = f"/lib/systemd/system/{unit_name}"
    tool("systemd-analyze", "verify", "--man=no", unit_file)
    tool("systemd-analyze", "security", "--offline=true", "--threshold=30", "--no-pager", unit_file)
    with open("/etc/default/cipherstream", "a") as file:
        file.writelines(variable + "\n" for variable in variables)
    listen()
    pid = start(unit_file, journal)
    atexit.register(kill, pid)
    clients = pathlib.Path("/tmp/clients")
    clients.mkdir(mode=0o777)
    clients.chmod(0o777)

    def watch():
        say(ended=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    for line in sys.stdin:
        verb, *words = shlex.split(line)
        if verb == "run":
            tool(*words, preexec_fn=as_nobody, env={"PATH": os.environ["PATH"], "HOME": str(clients)}, cwd=clients)
        elif verb == "root":
            tool(*words, env={"PATH": os.environ["PATH"], "HOME": "/root"}, cwd="/")
        elif verb == "read":
            file = pathlib.Path(words[0])
            say(file=words[0], text=file.read_text() if file.exists() else None)
        elif verb == "hangup":
            os.kill(pid, signal.SIGHUP)
        elif verb == "stop":
            os.kill(pid, signal.SIGTERM)
            watcher.join()
            atexit.unregister(kill)
            tool("dpkg", "--purge", "cipherstream")
            say(left=[p for p in ("/etc/cipherstream", "/var/lib/cipherstream", "/usr/bin/cipherstream", "/usr/lib/cipherstream") if os.path.lexists(p)])
            return


main()
