"""tree -- the files of a checkout that the linter looks at."""
import os
from pathlib import Path

from csource import Source

SKIPPED = {".git", "node_modules", "__pycache__", "dist"}
# Its own samples of bad code, and the words it looks for.
OWN = ("tools/lint/", "tests/lint/")
TEXT = {".c", ".h", ".def", ".t", ".py", ".md", ".ts", ".mjs", ".js", ".css", ".build", ".sh", ".txt",
        ".yml", ".service", ".conf", ""}


class Tree:
    def __init__(self, root):
        self.root = Path(root)
        self.paths = sorted(self._walk())
        self._sources = {}

    def _walk(self):
        for folder, folders, files in os.walk(self.root):
            at = Path(folder).relative_to(self.root)
            folders[:] = [f for f in folders if f not in SKIPPED
                          and not (at == Path(".") and f.startswith("build"))]
            for name in files:
                yield (at / name).as_posix()

    def read(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def source(self, path):
        if path not in self._sources:
            self._sources[path] = Source(path, self.read(path))
        return self._sources[path]

    def c_paths(self, *prefixes):
        for path in self.paths:
            if path.endswith((".c", ".h")) and path.startswith(prefixes or ("src/", "tests/", "tools/")):
                yield path

    def text_paths(self):
        for path in self.paths:
            if Path(path).suffix in TEXT and not path.startswith(OWN):
                yield path

    def library_order(self):
        """Folders of src/lib in the order src/lib/meson.build builds them: that order is the law."""
        if "src/lib/meson.build" not in self.paths:
            return []
        return [line.split("'")[1] for line in self.read("src/lib/meson.build").splitlines()
                if line.startswith("subdir('")]


def folder_of(path):
    """("lib", "store") for src/lib/store/db.c, ("proc", "edge") for src/proc/edge/main.c, else None."""
    parts = path.split("/")
    if len(parts) >= 4 and parts[0] == "src" and parts[1] in ("lib", "proc"):
        return parts[1], parts[2]
    return None
