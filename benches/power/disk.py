"""A disk that remembers: every write and every flush that reaches it, in order, so that any power cut can be replayed.

The disk is one file in a file system of our own (FUSE, spoken over /dev/fuse without any library), under a loop device. The
kernel sends writes as it sends them to a drive, and FSYNC where it would tell a drive to empty its cache; both are answered
only after they are in the log. It needs root, /dev/fuse and loop devices, and no module besides.
"""

import ctypes
import errno
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys

SECTOR = 512
"What a drive writes whole or not at all, bytes."

WRITE, FLUSH = b"W", b"F"
HEAD = struct.Struct("<cQI")
"A record of the log: what, at which byte, how many bytes, which follow."

# Codes of <linux/fuse.h>.
LOOKUP, FORGET, GETATTR, SETATTR, OPEN, READ, WRITE_OP, STATFS, RELEASE = 1, 2, 3, 4, 14, 15, 16, 17, 18
FSYNC, FLUSH_OP, INIT, DESTROY, BATCH_FORGET = 20, 25, 26, 38, 42
IN_HEADER = struct.Struct("<IIQQIIIHH")
OUT_HEADER = struct.Struct("<IiQ")
ATTR = struct.Struct("<QQQQQQIIIIIIIIII")
BIG_WRITES, MAX_PAGES = 1 << 5, 1 << 22
LARGEST_WRITE = 1 << 20
ROOT, FILE = 1, 2
NAME = b"disk"


class Disk:
    """The disk, mounted with ext4 on `folder`; `log` gets its writes and flushes."""

    def __init__(self, work, megabytes):
        self.image = work / "disk.base"
        self.log = work / "disk.log"
        self.folder = work / "mounted"
        self.fuse = work / "fuse"
        for folder in (self.folder, self.fuse):
            folder.mkdir()
        with open(self.image, "wb") as file:
            file.truncate(megabytes << 20)
        # No lazy work: the kernel would go on writing tables of inodes in the background.
        options = ["-q", "-E", "lazy_itable_init=0,lazy_journal_init=0"]
        subprocess.run(["mkfs.ext4", *options, str(self.image)], check=True)
        self.base = work / "disk.first"
        shutil.copyfile(self.image, self.base)
        self.server = os.fork()
        if self.server == 0:
            serve(self.image, self.log, self.fuse)
        wait_for(lambda: (self.fuse / NAME.decode()).exists())
        self.device = attach(self.fuse / NAME.decode())
        mount(self.device, self.folder)

    def position(self):
        """How far the log is: what is in it before this was answered by the disk."""
        return self.log.stat().st_size

    def close(self):
        """Unmounts; what the kernel writes then is no part of the experiment."""
        subprocess.run(["umount", str(self.folder)], check=True)
        subprocess.run(["losetup", "-d", self.device], check=True)
        wait_for(lambda: subprocess.run(["umount", str(self.fuse)], stderr=subprocess.DEVNULL).returncode == 0)
        os.waitpid(self.server, 0)


def attach(file):
    """A loop device over a file."""
    found = subprocess.run(["losetup", "--find", "--show", str(file)], check=True, capture_output=True, text=True)
    return found.stdout.strip()


def mount(device, folder):
    """Mounts ext4; the journal is written only when somebody asks for it, so that what is not synced stays behind."""
    subprocess.run(["mount", "-o", "commit=300", device, str(folder)], check=True)


def records(log, end):
    """The log's records before byte `end`: (position behind it, what, byte, data)."""
    with open(log, "rb") as file:
        while file.tell() < end:
            what, at, length = HEAD.unpack(file.read(HEAD.size))
            data = file.read(length)
            yield file.tell(), what, at, data


def cuts(disk, positions, seed):
    """For each of the sorted `positions`, an image of the disk as a power cut there may have left it.

    What a flush was answered for is there. Of the writes behind the last flush any may be there or not, whatever their order,
    and one of them may be there in part, sector by sector."""
    dice = random.Random(seed)
    loose = []
    stream = records(disk.log, disk.log.stat().st_size)
    shutil.copyfile(disk.base, disk.image)
    image = disk.image.with_name("disk.cut")
    with open(disk.image, "r+b") as sure:
        for position in positions:
            for here, what, at, data in stream:
                if what == FLUSH:
                    for where, bytes_ in loose:
                        os.pwrite(sure.fileno(), bytes_, where)
                    loose = []
                else:
                    loose.append((at, data))
                if here >= position:
                    break
            shutil.copyfile(disk.image, image)
            kept = dice.choice([0.0, 0.25, 0.5, 0.75, 0.95, 1.0])
            with open(image, "r+b") as cut:
                for where, bytes_ in loose:
                    if dice.random() < kept:
                        os.pwrite(cut.fileno(), torn(bytes_, dice), where)
            yield position, len(loose), image


def torn(data, dice):
    """Most writes are whole; one in ten ends at some sector."""
    if dice.random() < 0.9:
        return data
    return data[: SECTOR * dice.randint(0, len(data) // SECTOR)]


def wait_for(condition):
    """Until it holds; ten seconds at most."""
    import time

    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    sys.exit("disk: the kernel did not do what it was asked in ten seconds")


def serve(image, log, folder):
    """The file system: one file, whose writes and flushes go to the log. Runs in a process of its own until unmounted."""
    fuse = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"saoy-disk", str(folder).encode(), b"fuse", 6, options) != 0:
        print("disk: mount:", os.strerror(ctypes.get_errno()), file=sys.stderr)
        os._exit(1)
    disk = os.open(image, os.O_RDWR)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    size = os.fstat(disk).st_size
    while True:
        try:
            request = os.read(fuse, LARGEST_WRITE + 65536)
        except OSError as error:
            # ENODEV: unmounted.
            os._exit(0 if error.errno == errno.ENODEV else 1)
        _, code, unique, node, *_ = IN_HEADER.unpack_from(request)
        reply = answer(code, node, request[IN_HEADER.size :], disk, out, size)
        if reply is None:
            continue
        error, body = reply if isinstance(reply, tuple) else (0, reply)
        os.write(fuse, OUT_HEADER.pack(OUT_HEADER.size + len(body), -error, unique) + body)


def answer(code, node, body, disk, log, size):
    """The answer to one request: bytes, or an error; nothing where none is wanted."""
    if code == INIT:
        _, _, ahead, flags = struct.unpack_from("<IIII", body)
        flags &= BIG_WRITES | MAX_PAGES
        pages = LARGEST_WRITE // 4096
        return struct.pack("<IIIIHHIIHH8I", 7, 31, ahead, flags, 16, 12, LARGEST_WRITE, 1, pages, 0, *[0] * 8)
    if code == LOOKUP:
        if body.rstrip(b"\0") != NAME:
            return errno.ENOENT, b""
        return struct.pack("<QQQQII", FILE, 0, 3600, 3600, 0, 0) + attributes(FILE, size)
    if code in (GETATTR, SETATTR):
        return struct.pack("<QII", 3600, 0, 0) + attributes(node, size)
    if code == OPEN:
        return struct.pack("<QII", 1, 0, 0)
    if code == READ:
        _, at, length = struct.unpack_from("<QQI", body)
        return os.pread(disk, length, at)
    if code == WRITE_OP:
        _, at, length = struct.unpack_from("<QQI", body)
        data = body[40 : 40 + length]
        os.write(log, HEAD.pack(WRITE, at, length) + data)
        os.pwrite(disk, data, at)
        return struct.pack("<II", length, 0)
    if code == FSYNC:
        os.write(log, HEAD.pack(FLUSH, 0, 0))
        return b""
    if code in (FLUSH_OP, RELEASE, DESTROY):
        return b""
    if code == STATFS:
        return struct.pack("<QQQQQIIII6I", size >> 12, 0, 0, 2, 0, 4096, 255, 4096, 0, *[0] * 6)
    if code in (FORGET, BATCH_FORGET):
        return None
    return errno.ENOSYS, b""


def attributes(node, size):
    """`struct fuse_attr` of the folder or the file."""
    mode, length = (0o40755, 0) if node == ROOT else (0o100600, size)
    return ATTR.pack(node, length, length >> 9, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)
