"""Reading and writing what lies outside scratch, by every name it has."""

from attacks import Attack

ATTACKS = (
    Attack("read a file", "with open(FILE) as file:\n    file.read(1)\nprint('BREACH')", bare=True),
    Attack(
        "read a file by other calls",
        """
import linecache, mmap, numpy, tokenize
def mapped():
    return mmap.mmap(os.open(FILE, os.O_RDONLY), 0, prot=mmap.PROT_READ)
each([
    lambda: os.open(FILE, os.O_RDONLY),
    lambda: os.open(FILE, os.O_RDWR),
    lambda: os.open(FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK),
    lambda: os.open(FILE, os.O_RDONLY | os.O_DIRECT),
    lambda: tokenize.open(FILE),
    lambda: numpy.fromfile(FILE, "u1"),
    lambda: numpy.memmap(FILE, "u1"),
    lambda: numpy.loadtxt(FILE),
    mapped,
])
if linecache.getlines(FILE) or libc.fopen(FILE.encode(), b"r"):
    print("BREACH")
""",
    ),
    Attack(
        "read a file by a path descriptor",
        """
fd = os.open(FILE, os.O_PATH)
each([
    lambda: os.read(fd, 1),
    lambda: os.open(f"/proc/self/fd/{fd}", os.O_RDONLY),
    lambda: os.open(f"/dev/fd/{fd}", os.O_RDONLY),
    lambda: syscall("open_by_handle_at", fd, 0, 0),
    lambda: syscall("linkat", fd, b"", -100, b"copy", 0x1000),
    lambda: syscall("execveat", fd, b"", 0, 0, 0x1000),
    lambda: syscall("sendfile", 1, fd, 0, 1),
])
directory = os.open(DIRECTORY, os.O_PATH | os.O_DIRECTORY)
each([
    lambda: os.open(os.path.basename(FILE), os.O_RDONLY, dir_fd=directory),
    lambda: os.open("new", os.O_WRONLY | os.O_CREAT, dir_fd=directory),
    lambda: os.listdir(directory),
    lambda: os.mkdir("new", dir_fd=directory),
    lambda: os.unlink(os.path.basename(FILE), dir_fd=directory),
])
os.fchdir(directory)
each([lambda: open(os.path.basename(FILE)), lambda: open("new", "w"), lambda: os.listdir(".")])
""",
    ),
    Attack(
        "read a file by `..`",
        """
up = "../" * 20
each([
    lambda: open(up + FILE),
    lambda: open(os.path.relpath(FILE)),
    lambda: open(f"{os.getcwd()}/{up}{FILE}"),
    lambda: open(f"/usr/lib/{up}{FILE}"),
    lambda: open(f"/dev/{up}{FILE}"),
    lambda: os.listdir(".."),
    lambda: os.listdir(up),
])
for _ in range(20):
    try:
        os.chdir("..")
    except OSError:
        break
each([lambda: os.listdir("."), lambda: open("." + FILE)])
""",
    ),
    Attack(
        "read a file by a symlink",
        """
def through(target, name):
    os.symlink(target, name)
    return open(name + ("" if target == FILE else os.path.basename(FILE)))
each([
    lambda: through(FILE, "file"),
    lambda: through(DIRECTORY + "/", "directory"),
    lambda: through("../" * 20 + FILE, "up"),
    lambda: through(f"/proc/{PID}/root/", "root"),
    lambda: through("/proc/self/cwd/", "cwd"),
    lambda: os.listdir("directory"),
    lambda: open("directory/new", "w"),
    lambda: open("file", "r+"),
    lambda: open("file", "w"),
])
""",
    ),
    Attack(
        "read a file by a symlink that changes",
        """
open("own", "w").close()
end = time.monotonic() + 0.3
turn = 0
while time.monotonic() < end:
    turn += 1
    try:
        os.unlink("link")
    except OSError:
        pass
    try:
        os.symlink((FILE, "own")[turn % 2], "link")
        file = open("link")
    except OSError:
        continue
    if os.path.realpath("link") == FILE and os.fstat(file.fileno()).st_ino == INODE[1]:
        print("BREACH")
    file.close()
""",
    ),
    Attack(
        "move a file into scratch",
        """
import shutil
each([
    lambda: os.rename(FILE, "file"),
    lambda: os.replace(FILE, "file"),
    lambda: os.link(FILE, "file"),
    lambda: os.link(FILE, "file", follow_symlinks=False),
    lambda: shutil.copyfile(FILE, "file"),
    lambda: shutil.move(FILE, "file"),
    lambda: os.rename(DIRECTORY, "directory"),
])
""",
    ),
    Attack(
        "move a file out of scratch",
        """
open("own", "w").close()
os.mkdir("folder")
each([
    lambda: os.rename("own", DIRECTORY + "/new"),
    lambda: os.replace("own", FILE),
    lambda: os.link("own", DIRECTORY + "/new"),
    lambda: os.symlink("own", DIRECTORY + "/new"),
    lambda: os.rename("folder", DIRECTORY + "/new"),
])
""",
    ),
    Attack(
        "write a file",
        """
each([
    lambda: open(FILE, "a"),
    lambda: open(FILE, "r+"),
    lambda: open(FILE, "w"),
    lambda: os.truncate(FILE, 1),
    lambda: os.open(FILE, os.O_WRONLY | os.O_TRUNC),
    lambda: os.open(FILE, os.O_RDONLY | os.O_TRUNC),
    lambda: syscall("truncate", FILE.encode(), 1),
])
""",
    ),
    Attack(
        "make something outside scratch",
        """
new = DIRECTORY + "/new"
each([
    lambda: open(new, "w"),
    lambda: os.mkdir(new),
    lambda: os.symlink("/", new),
    lambda: os.mkfifo(new),
    lambda: os.mknod(new),
    lambda: syscall("mknodat", -100, new.encode(), 0o10600, 0),
    lambda: os.open(DIRECTORY, os.O_TMPFILE | os.O_RDWR),
])
""",
    ),
    Attack(
        "write in the usual places",
        """
import site, sysconfig, tempfile
places = "/ /tmp /var/tmp /dev /dev/shm /run /etc /usr/lib /usr/local/lib /opt".split() + [HOME, PROJECT, ".."]
places += [sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")]
places += [os.path.dirname(EXECUTABLE), os.path.dirname(ctypes.__file__) + "/__pycache__"]
name = f"mathcoder-decoy-{PARENT}"
each([lambda place=place: os.mkdir(f"{place}/{name}") for place in places])
each([lambda place=place: open(f"{place}/{name}", "x") for place in places])
each([lambda place=place: tempfile.TemporaryFile(dir=place) for place in places])
""",
    ),
    Attack(
        "change the interpreter and its libraries",
        """
import numpy, sympy
files = [EXECUTABLE, os.__file__, sympy.__file__, numpy.__file__, sys.modules["_ctypes"].__file__]
each([lambda path=path: open(path, "r+b") for path in files if os.path.exists(path)])
each([lambda path=path: os.open(path, os.O_WRONLY | os.O_APPEND) for path in files])
each([lambda path=path: os.utime(path) for path in files])
""",
    ),
    Attack(
        "delete a file",
        "each([lambda: os.unlink(FILE), lambda: os.rmdir(DIRECTORY), lambda: os.remove('../' * 20 + FILE)])",
    ),
    Attack(
        "change mode, owner and times",
        """
open("own", "w").close()
for path in (FILE, "own", "."):
    each([
        lambda: os.chmod(path, 0o6777),
        lambda: os.chown(path, os.getuid(), os.getgid()),
        lambda: os.lchown(path, os.getuid(), os.getgid()),
        lambda: os.utime(path),
        lambda: os.setxattr(path, "user.decoy", b"x"),
    ])
refused("fchmod", -1, 0)
refused("fchmodat", -100, 0, 0)
refused("fchownat", -100, 0, 0, 0, 0)
refused("utimensat", -100, 0, 0, 0)
refused("setxattr", 0, 0, 0, 0, 0)
refused("chmod", 0, 0)
""",
    ),
    Attack(
        "locks and leases on a library",
        """
import fcntl, sympy
F_SETLEASE, F_NOTIFY = 1024, 1026
fd = os.open(sympy.__file__, os.O_RDONLY)
directory = os.open(os.path.dirname(sympy.__file__), os.O_RDONLY)
each([
    lambda: fcntl.fcntl(fd, F_SETLEASE, fcntl.F_RDLCK),
    lambda: fcntl.fcntl(fd, F_SETLEASE, fcntl.F_WRLCK),
    lambda: fcntl.fcntl(directory, F_NOTIFY, 2),
])
""",
    ),
    Attack(
        "list directories",
        """
paths = (DIRECTORY, HOME, PROJECT, "/", "/home", "/root", "/tmp", "/etc", "/var")
each([lambda path=path: os.listdir(path) for path in paths])
""",
    ),
    Attack(
        "home",
        """
each([lambda: open(HOME + "/.netrc"), lambda: os.listdir(HOME), lambda: open(HOME + "/.bashrc", "a")])
each([lambda: open(os.path.expanduser("~root/.bashrc")), lambda: os.listdir(os.path.expanduser("~root"))])
if os.path.expanduser("~") == HOME:
    print("BREACH")
""",
        bare=True,
    ),
    Attack(
        "project files",
        """
each([
    lambda: open(PROJECT + "/pyproject.toml"),
    lambda: open(PROJECT + "/.git/config"),
    lambda: os.listdir(PROJECT + "/tests"),
    lambda: open(PROJECT + "/src/mathcoder/__init__.py"),
])
""",
        bare=True,
    ),
    Attack(
        "a module of the project",
        "sys.path[:0] = [PROJECT + '/src', PROJECT + '/tests/sandbox', DIRECTORY]\nimport decoy\nprint('BREACH')",
        errors=("ModuleNotFoundError",),
        bare=True,
    ),
    Attack(
        "system files",
        """
paths = "/etc/passwd /etc/shadow /etc/hosts /etc/hostname /etc/resolv.conf /etc/machine-id /proc/cpuinfo"
paths += " /proc/mounts /proc/kcore /proc/kallsyms /proc/self/maps /proc/self/mem /proc/self/mountinfo"
paths += " /proc/self/status /proc/sys/kernel/hostname"
paths += " /var/run/docker.sock /run/docker.sock /proc/1/root /sys/kernel/notes /proc/self/root" + FILE
each([lambda path=path: open(path, "rb") for path in paths.split()])
paths = "/sys /proc /proc/self/fd /proc/self/task /run /dev /dev/pts"
each([lambda path=path: os.listdir(path) for path in paths.split()])
""",
    ),
    Attack(
        "devices",
        """
paths = "/dev/mem /dev/kmem /dev/port /dev/kmsg /dev/sda /dev/vda /dev/nvme0n1 /dev/loop0 /dev/tty /dev/ptmx"
paths += " /dev/fuse /dev/kvm /dev/net/tun /dev/console /dev/full /dev/userfaultfd /dev/snapshot"
paths += " /dev/input/event0 /dev/nvidiactl /dev/vsock"
each([lambda path=path: os.open(path, os.O_RDONLY | os.O_NONBLOCK) for path in paths.split()])
each([lambda path=path: os.open(path, os.O_WRONLY) for path in ("/dev/zero", "/dev/random", "/dev/urandom")])
""",
    ),
    Attack(
        "requests to devices",
        """
TIOCSTI, TIOCLINUX, TIOCGWINSZ, FIOASYNC = 0x5412, 0x541C, 0x5413, 0x5452
FIOSETOWN, SIOCSPGRP, SIOCGIFCONF, FS_IOC_SETFLAGS, FS_IOC_FIEMAP = 0x8901, 0x8902, 0x8912, 0x40086602, 0xC020660B
requests = [TIOCSTI, TIOCLINUX, TIOCGWINSZ, FIOASYNC]
requests += [FIOSETOWN, SIOCSPGRP, SIOCGIFCONF, FS_IOC_SETFLAGS, FS_IOC_FIEMAP]
for fd in (0, 1, 3, os.open("/dev/null", os.O_RDONLY), os.open(".", os.O_RDONLY)):
    for request in requests:
        refused("ioctl", fd, request, 0)
""",
    ),
    Attack(
        "another child's scratch",
        """
import glob
above = os.path.dirname(os.getcwd())
names = range(1, 60)
each([lambda n=n: open(f"{above}/{n}/secret") for n in names if f"{above}/{n}" != os.getcwd()])
each([lambda n=n: open(f"{above}/{n}/planted", "w") for n in names if f"{above}/{n}" != os.getcwd()])
each([lambda n=n: open(f"{SANDBOX}/{n}/secret") for n in names if f"{SANDBOX}/{n}" != os.getcwd()])
each([lambda: open("secret"), lambda: os.listdir(above), lambda: os.listdir(SANDBOX)])
if glob.glob(above + "/*/secret"):
    print("BREACH")
""",
    ),
    Attack(
        "traps for whoever deletes scratch",
        """
os.symlink(DIRECTORY, "directory")
os.symlink(FILE, "file")
os.symlink("/", "root")
os.symlink("..", "up")
os.mkdir("nested")
os.symlink(DIRECTORY, "nested/directory")
for name in ("-rf", "--", "a\\nb", "*", "~", "$HOME", "nested/ "):
    open(name, "w").close()
""",
    ),
)
