"""csource -- just enough of C's lexical grammar to judge a file without compiling it.

A Source knows its text three ways: as lines, as code (comments gone, the inside of string and character
literals blanked, columns kept), and as the list of its string literals. Nothing here expands macros.
"""
import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r'//[^\n]*'
    r'|/\*.*?(?:\*/|\Z)'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'",
    re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:<([^>\n]+)>|"([^"\n]+)")', re.M)


@dataclass
class Literal:
    line: int
    text: str


@dataclass
class Function:
    name: str
    line: int
    lines: int


@dataclass
class Include:
    line: int
    name: str
    system: bool


@dataclass
class Source:
    path: str
    text: str
    code: str = ""
    literals: list = field(default_factory=list)
    comments: list = field(default_factory=list)
    includes: list = field(default_factory=list)
    functions: list = field(default_factory=list)

    def __post_init__(self):
        self._split()
        self._find_includes()
        self._find_functions()

    @property
    def lines(self):
        return self.text.splitlines()

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def _split(self):
        """Fill code, literals and comments. Neighbouring literals are one literal, as C has it."""
        out, last, joined = [], 0, None
        for match in TOKEN.finditer(self.text):
            between, token = self.text[last:match.start()], match.group()
            last = match.end()
            if between.strip():
                joined = None
            if token.startswith(("//", "/*")):
                self.comments.append(Literal(self.line_of(match.start()), token))
                out += [between, re.sub(r"[^\n]", " ", token)]
                continue
            out += [between, token[0] + " " * (len(token) - 2) + token[0]]
            if token[0] == "'":
                joined = None
            elif joined is not None:
                joined.text += token[1:-1]
            else:
                joined = Literal(self.line_of(match.start()), token[1:-1])
                self.literals.append(joined)
        out.append(self.text[last:])
        self.code = "".join(out)

    def _find_includes(self):
        # From the text, because code has the quoted names blanked; a name in a comment is not on a line
        # of its own that starts with #include in code.
        code_lines = self.code.splitlines()
        for match in INCLUDE.finditer(self.text):
            line = self.line_of(match.start(1) if match.group(1) else match.start(2))
            if "include" in code_lines[line - 1]:
                self.includes.append(Include(line, match.group(1) or match.group(2),
                                             match.group(1) is not None))

    def _find_functions(self):
        """A function is a brace at depth 0 whose line, or the one before, closes a parameter list."""
        depth, start, name = 0, 0, None
        code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()),
                      self.code, flags=re.M)
        for match in re.finditer(r"[{}]", code):
            if match.group() == "{":
                if depth == 0:
                    head = code[max(code.rfind("}", 0, match.start()),
                                    code.rfind(";", 0, match.start())) + 1:match.start()]
                    called = re.search(r"([A-Za-z_]\w*)\s*\([^=]*\)\s*\Z", head, re.S)
                    name = called.group(1) if called else None
                    start = self.line_of(match.start())
                depth += 1
            else:
                depth = max(0, depth - 1)
                if depth == 0 and name is not None:
                    end = self.line_of(match.start())
                    self.functions.append(Function(name, start, end - start + 1))
                    name = None
