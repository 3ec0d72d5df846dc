"""content -- what is imported: manuals of this tree and of others, small projects, archives good and bad."""
import re
import tempfile
from pathlib import Path

from case import Skip

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
scratch = None          # a folder for what is made here; set by the runner


def corpus(name):
    """A real manual; where it is not beside the tree, the scenario says so."""
    folder = CORPUS / name
    if not folder.is_dir():
        raise Skip(f"{folder} is not here")
    return folder


def folder(**files):
    """A new folder with these files; '__' in a name is a slash, a missing suffix is .md."""
    made = Path(tempfile.mkdtemp(prefix="import-", dir=scratch))
    for name, text in files.items():
        path = made / name.replace("__", "/")
        path = path if path.suffix else path.with_suffix(".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return made


def many_topics(count, mark, words=60):
    """A project of count topics that all say the mark, so that a mix of two states shows."""
    text = " ".join(f"word{i}" for i in range(words))
    return folder(**{f"topic-{i:03}": f"# Topic {i}\n\nState {mark}.\n\n{text}\n\n## More of {i}\n\n{text}\n"
                     for i in range(count)})


def slug_of(path):
    """The address of a topic: docs/author/import.md says how; README and index stand for their folder."""
    parts = path.with_suffix("").parts
    if len(parts) > 1 and parts[-1].lower() in ("readme", "index"):
        parts = parts[:-1]
    return "/".join(parts)


def mdbook_order(book):
    """Slugs in the order of SUMMARY.md."""
    text = (book / "src" / "SUMMARY.md").read_text()
    return [slug_of(Path(m)) for m in re.findall(r"\]\(([^)]+\.md)\)", text)]


def nav_order(manual):
    """Slugs in the order of the nav of a mkdocs.yml that names every topic by its file, if the file exists."""
    text = (manual / "mkdocs.yml").read_text()
    named = re.findall(r"^\s*- .*?:\s*(\S+\.md)\s*$", text[text.index("nav:"):], re.MULTILINE)
    return [slug_of(Path(m)) for m in named if (manual / m).is_file()]


def missing_listings(book):
    """Every file that the book includes and that is not there, with the topic's path and line."""
    found = set()
    for topic in sorted((book / "src").rglob("*.md")):
        fence = False
        for number, line in enumerate(topic.read_text().splitlines(), 1):
            match = re.search(r"\{\{#(?:rustdoc_)?include ([^:}]+)(?::[^}]*)?\}\}", line)
            if match and not (topic.parent / match[1].strip()).is_file():
                found.add((f"src/{topic.relative_to(book / 'src')}", number, match[1].strip()))
            fence ^= line.startswith("```")
    return found
