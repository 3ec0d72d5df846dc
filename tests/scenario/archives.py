"""archives -- good and bad ones, made by hand where the zipfile module is too polite."""
import io
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path

import content

# The smallest PNG image.
DOT = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360606060"
                    "00000005 0001a5f645400000000049454e44ae426082".replace(" ", ""))


def new_file(suffix):
    handle = tempfile.NamedTemporaryFile(suffix=suffix, dir=content.scratch, delete=False)
    handle.close()
    return Path(handle.name)


def zip_of(*entries, good=True):
    """A zip with these (name, bytes) entries behind a good topic."""
    path = new_file(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        if good:
            z.writestr("index.md", "# Start\n\nText.\n")
        for name, data in entries:
            z.writestr(name if isinstance(name, zipfile.ZipInfo) else raw_name(name), data)
    return path


def raw_name(name):
    """ZipInfo cuts names at NUL and turns backslashes; put it in as it is."""
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    return info


def zip_with_mode(name, mode, data):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return zip_of((info, data))


def zip_symlink(name, target):
    return zip_with_mode(name, stat.S_IFLNK | 0o777, target)


def tar_of(*members):
    """A tar with a good topic and these TarInfo members."""
    path = new_file(".tar")
    with tarfile.open(path, "w") as t:
        first = tarfile.TarInfo("index.md")
        first.size = 6
        t.addfile(first, io.BytesIO(b"# One\n"))
        for info, data in members:
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return path


def tar_member(name, kind=tarfile.REGTYPE, link="", data=b""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, data


def deflated_zeros(megabytes):
    """A raw deflate stream of zeros, made of one piece again and again, and its crc and sizes."""
    piece_mb = 16
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(piece_mb << 20)
    first = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.flush(zlib.Z_FINISH)
    crc = 0
    for _ in range(megabytes // piece_mb):
        crc = zlib.crc32(zeros, crc)
    return first * (megabytes // piece_mb) + last, crc, megabytes << 20


def hand_zip(entries):
    """A zip of (name, packed bytes, crc, size as it says) entries, deflated."""
    path = new_file(".zip")
    directory, offset = b"", 0
    with open(path, "wb") as out:
        for name, packed, crc, size in entries:
            name = name.encode() if isinstance(name, str) else name
            fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0)
            out.write(b"PK\3\4" + fields + name + packed)
            directory += (b"PK\1\2" + struct.pack("<H", 20) + fields
                          + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name)
            offset = out.tell()
        out.write(directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(entries) & 0xffff, len(entries) & 0xffff,
                                                      len(directory), offset, 0))
    return path


def deflate(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def entry(name, data, size=None):
    return name, deflate(data), zlib.crc32(data), len(data) if size is None else size


def overlapping_bomb(count, megabytes):
    """Many directory entries that all mean the same packed bytes (after D. Fifield)."""
    packed, crc, size = deflated_zeros(megabytes)
    path = new_file(".zip")
    topic = entry("index.md", b"# Start\n")
    with open(path, "wb") as out:
        local = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, topic[2], len(topic[1]), topic[3], 8, 0)
        out.write(b"PK\3\4" + local + b"index.md" + topic[1])
        at = out.tell()
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), size, 6, 0)
        out.write(b"PK\3\4" + fields + b"a.html" + packed)
        start = out.tell()
        out.write(b"PK\1\2" + struct.pack("<H", 20) + local + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"index.md")
        for i in range(count):
            name = f"a{i}.html".encode()
            named = fields[:-4] + struct.pack("<HH", len(name), 0)
            out.write(b"PK\1\2" + struct.pack("<H", 20) + named + struct.pack("<HHHII", 0, 0, 0, 0, at) + name)
        end = out.tell()
        out.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count + 1, count + 1, end - start, start, 0))
    return path
