#!/usr/bin/env python3
"""Keeps the house in order: who may include whom, what pure rooms may not do, how long things are.

    tests/tidy/tidy.py [ROOT]

Prints one line for each sin, `file:line: what to do`, and exits with 1 when there is one. The rooms
are those of ARCHITECTURE.md. Only the standard library; test_tidy.py plants each sin once.
"""
import os
import re
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

# A room may include itself and what its row names: rooms, or single headers.
ROOMS = {
    "model": [],
    "api": ["model", "api/auth"],
    "api/wire": ["model"],
    "api/auth": ["model"],
    "api/link": ["model", "api/wire"],
    "api/server": ["model", "api/auth", "api/wire", "api/backend.h"],
    "api/client": ["model", "api/auth", "api/wire"],
    "scheduler": ["model", "scheduler/core", "scheduler/store", "scheduler/logs",
                  "scheduler/service", "api/backend.h", "api/wire", "api/link", "api/server"],
    "scheduler/core": ["model"],
    "scheduler/store": ["model", "scheduler/core"],
    "scheduler/logs": ["model"],
    "scheduler/service": ["model", "scheduler/core", "scheduler/store", "scheduler/logs",
                          "api/backend.h", "api/auth", "api/wire", "api/link"],
    "agent": ["model", "agent/core", "agent/supervisor", "agent/runner", "agent/link", "api/wire",
              "api/link", "api/client"],
    "agent/core": ["model"],
    "agent/supervisor": ["model", "agent/core"],
    "agent/runner": ["model", "agent/supervisor/launch_plan.h", "api/wire"],
    "agent/link": ["model", "agent/core", "api/wire", "api/link"],
    "cli": ["model", "api/auth", "api/client", "api/wire"],
    "examples/package-features": [],
}
PURE_ROOMS = ("model", "scheduler/core", "agent/core")
PURE_BUT_FOR = ("model/check.cc",)  # A broken invariant is printed before the program aborts.
SOURCE_FOLDERS = ("model", "api", "scheduler", "agent", "cli", "examples", "tests")
FREE_FOLDERS = ("tests",)  # May include every room.


class ThirdParty(NamedTuple):
    """A library, and the places that may know it: rooms, with a pattern for the file's name."""
    name: str
    header: str
    rooms: tuple
    files: str = r".*"


ASIO_ROOMS = ("api/link", "api/server", "scheduler/service", "agent/link", "agent", "agent/supervisor")
THREAD_ROOMS = ("scheduler/service", "scheduler", "api/auth", "api/server", "api/client", "agent", "cli")
THIRD_PARTIES = (
    ThirdParty("nlohmann/json", r"nlohmann/", ("api/wire",), r".*\.cc$"),
    ThirdParty("SQLite", r"sqlite3\.h$", ("scheduler/store",)),
    ThirdParty("cpp-httplib", r"httplib\.h$", ("api/server", "api/client"), r".*\.cc$"),
    ThirdParty("Boost.Process", r"boost/process", ("agent/supervisor",)),
    ThirdParty("Boost", r"boost/", ASIO_ROOMS),
    ThirdParty("CLI11", r"CLI/", ("scheduler", "agent", "agent/supervisor", "cli"),
               r"(main|.*arguments)\.cc$"),
    ThirdParty("toml++", r"toml\+\+/", ("scheduler", "agent", "cli"), r".*\.cc$"),
    ThirdParty("spdlog", r"spdlog/",
               ("scheduler/service", "scheduler", "api/server", "agent", "agent/link",
                "agent/supervisor")),
    ThirdParty("prometheus-cpp", r"prometheus/", ("scheduler/service",), r"meter.*\.(cc|h)$"),
    ThirdParty("OpenSSL", r"openssl/", ("api/auth", "api/link", "api/server",
                                        "scheduler/service", "cli")),
    ThirdParty("zstd", r"zstd", ("scheduler/logs",)),
    ThirdParty("GoogleTest", r"gtest/|gmock/", ()),
    ThirdParty("rapidcheck", r"rapidcheck", ()),
    ThirdParty("threads and locks", r"(thread|mutex|shared_mutex|condition_variable|future)$",
               THREAD_ROOMS),
)

IN_PURE_ROOMS = (
    (r"_clock::now|\bclock_gettime\b|\bstd::time\(|\bgettimeofday\b",
     "a pure room reads no clock: take an Instant as an argument"),
    (r"<random>|random_device|\brand\(|\bmt19937", "a pure room draws no chance: it comes in events"),
    (r"\bunordered_", "hash order is not an order: use std::map or a sorted vector"),
    (r"<(iostream|fstream|sstream|ostream|istream|iomanip)>|std::(cout|cerr|clog)\b"
     r"|\b(printf|fprintf|fopen|puts|perror)\(",
     "a pure room does no I/O: return values"),
    (r"\bgetenv\b", "a pure room reads no environment: take it as an argument"),
    (r"\b(static|thread_local)\s+(?!const|inline const|auto\b[^=;]*\()[^()]*[;={]",
     "a pure room has no static state: put it into State"),
    (r"\b(double|float)\b", "a pure room decides with integers"),
    (r"#include <(sys/|unistd|fcntl|signal|csignal|cstdlib>|ctime>)", "a pure room does not know the system"),
)
EVERYWHERE = (
    (r"sqlite3_exec\([^;]*\+", "SQL is never put together: bind values to a statement"),
)
SQL = re.compile(r'"\s*(SELECT\s.*\bFROM\b|INSERT INTO\b|UPDATE \w+ SET\b|DELETE FROM\b|CREATE TABLE\b)')
# Loops that look again until a condition holds or a deadline is over: the kernel tells of it by no event.
POLLS = (
    "agent/shutdown.cc",  # Another process lets go of its lock.
    "agent/supervisor/cgroup_containment.cc",  # A v1 group is empty.
    "agent/supervisor/folders.cc",  # Children of a killed supervisor let go of its lock.
    "agent/supervisor/sub_reaper.cc",  # What an earlier supervisor left is dead.
    "tests/unit/supervisor/supervisor_process.h",
)
WAITING = re.compile(r"\b(sleep_for|sleep_until|usleep)\s*\(")
BANNED_WORDS = {"util", "utils", "utility", "common", "helper", "helpers", "misc", "manager", "base"}
BANNED_TYPE = re.compile(r"\b(class|struct)\s+\w+(Manager|Handler|Impl|Data|Info|Util|Helper|Base)\b"
                         r"\s*(final\s*)?[:{]")
LINES_MAX, TEST_LINES_MAX, FUNCTION_LINES_MAX = 500, 800, 70
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


class Sin(NamedTuple):
    path: str
    line: int
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.advice}"


def room_of(path: str) -> str:
    """The longest room that holds the file, or its first folder."""
    rooms = [room for room in ROOMS if path.startswith(room + "/")]
    return max(rooms, key=len) if rooms else path.split("/")[0]


def without_comments(lines: list) -> list:
    """The same lines, with what stands in comments left out."""
    kept, inside = [], False
    for line in lines:
        if inside:
            if "*/" not in line:
                kept.append("")
                continue
            line, inside = line.split("*/", 1)[1], False
        line = re.sub(r"/\*.*?\*/", "", line)
        if "/*" in line:
            line, inside = line.split("/*", 1)[0], True
        kept.append(re.sub(r'(?<![:"])//.*$', "", line))
    return kept


def is_allowed(room: str, target: str) -> bool:
    if room.split("/")[0] in FREE_FOLDERS or target.startswith(room + "/") and room_of(target) == room:
        return True
    return any(target == row or room_of(target) == row for row in ROOMS.get(room, []))


def check_includes(path: str, code: list) -> Iterator[Sin]:
    room = room_of(path)
    for number, line in enumerate(code, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, target = match.groups()
        if quote == '"' and target.split("/")[0] in SOURCE_FOLDERS:
            if not is_allowed(room, target):
                known = target if target == "api/backend.h" else room_of(target)
                yield Sin(path, number, f"{room} may not know {known}")
        elif quote == '"' and "/" not in target and room != "tests":
            yield Sin(path, number, f'include "{target}" from the project root')
        if room in FREE_FOLDERS:
            continue
        for third in THIRD_PARTIES:
            if re.match(third.header, target):
                if room not in third.rooms:
                    yield Sin(path, number, f"{room} may not know {third.name}")
                elif not re.match(third.files, Path(path).name):
                    yield Sin(path, number, f"{third.name} has no place in {Path(path).name}: "
                              "keep it in the files that house rules name")
                break


def check_code(path: str, code: list) -> Iterator[Sin]:
    room = room_of(path)
    for number, line in enumerate(code, 1):
        for pattern, advice in EVERYWHERE:
            if re.search(pattern, line):
                yield Sin(path, number, advice)
        if room in PURE_ROOMS and path not in PURE_BUT_FOR:
            for pattern, advice in IN_PURE_ROOMS:
                if re.search(pattern, line):
                    yield Sin(path, number, advice)
        if SQL.search(line) and room not in ("scheduler/store", "tests"):
            yield Sin(path, number, "SQL lives in scheduler/store only")
        if WAITING.search(line) and not path.startswith("tests/e2e/") and path not in POLLS:
            yield Sin(path, number, "wait for a condition, not for time")
        if path.endswith(".h") and re.search(r"\bnlohmann\b|\bjson::", line):
            yield Sin(path, number, "no JSON in a header: decode at the door, pass a struct")
        if path.endswith(".h") and re.search(r"\busing namespace\b", line):
            yield Sin(path, number, "a header forces no names on others: no `using namespace`")
        if BANNED_TYPE.search(line):
            yield Sin(path, number, "name the thing by what it is (no Manager, Handler, Impl, Data, Info)")


def check_functions(path: str, lines: list) -> Iterator[Sin]:
    """clang-format puts a function's first line and its closing brace into the first column."""
    start = 0
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "}" and start:
            if number - start + 1 > FUNCTION_LINES_MAX:
                yield Sin(path, start, f"a function has at most {FUNCTION_LINES_MAX} lines, "
                          f"this one {number - start + 1}: cut it where it changes its subject")
            start = 0
        elif line and not line[0].isspace() and line[0] not in "/#}":
            start = number


def check_text(path: str, lines: list) -> Iterator[Sin]:
    limit = TEST_LINES_MAX if path.startswith("tests/") else LINES_MAX
    if len(lines) > limit:
        yield Sin(path, limit + 1, f"a file has at most {limit} lines, this one {len(lines)}: "
                  "find its second noun and give it a file")
    for number, line in enumerate(lines, 1):
        if "tests/tidy/" in path:
            break
        if re.search(r"\b(FIXME|XXX)\b|\bTODO\b(?!\([^)]+\))", line):
            yield Sin(path, number, "TODO(condition): say when it is due, or do it now")


def check_name(path: str) -> Iterator[Sin]:
    name = Path(path).name
    words = set(re.split(r"[_.\-]", name))
    if words & BANNED_WORDS:
        yield Sin(path, 1, "name the file by its noun (no util, common, helper, misc, manager, base)")
    if path.endswith((".cc", ".h")) and not re.match(r"^[a-z0-9_]+\.(cc|h)$", name):
        yield Sin(path, 1, "a source is named snake_case.cc, a header snake_case.h")


def check_named_in_cmake(root: Path, path: str) -> Iterator[Sin]:
    """Sources and tests that no CMake file names are never built: for a source one between it and
    the root, for what tests share any one of the tests."""
    name = Path(path).name
    is_test = path.startswith("tests/") and re.match(r"test_.*\.py$", name)
    if not (path.endswith(".cc") or is_test):
        return
    if path.startswith("tests/support/"):
        builds = sorted((root / "tests").rglob("CMakeLists.txt"))
    else:
        builds = [folder / "CMakeLists.txt" for folder in (root / path).parents
                  if folder == root or root in folder.parents]
    pattern = re.compile(r"(?<![\w.])" + re.escape(name) + r"(?![\w.])")
    if not any(build.exists() and pattern.search(build.read_text()) for build in builds):
        yield Sin(path, 1, "no CMakeLists.txt names this file: name it, or remove it")


def check_toml_once(sources: dict) -> Iterator[Sin]:
    seen = {}
    for path, code in sorted(sources.items()):
        program = path.split("/")[0]
        if program in FREE_FOLDERS or not any("toml++/" in line for line in code):
            continue
        if program in seen:
            yield Sin(path, 1, f"toml++ is slow to compile: one file a program, and {seen[program]} has it")
        seen[program] = path


def files_of(root: Path) -> Iterator[str]:
    for folder in SOURCE_FOLDERS:
        for where, folders, names in os.walk(root / folder):
            folders[:] = sorted(f for f in folders if f not in ("node_modules", "__pycache__"))
            for name in sorted(names):
                yield str((Path(where) / name).relative_to(root))


def sins_of(root: Path) -> Iterator[Sin]:
    sources = {}
    for path in files_of(root):
        if not path.endswith((".cc", ".h", ".py", ".sql", ".sh")) and "." in Path(path).name:
            continue
        try:
            lines = (root / path).read_text().splitlines()
        except UnicodeDecodeError:
            continue
        yield from check_text(path, lines)
        yield from check_name(path)
        yield from check_named_in_cmake(root, path)
        if not path.endswith((".cc", ".h")):
            continue
        code = without_comments(lines)
        sources[path] = code
        yield from check_includes(path, code)
        yield from check_code(path, code)
        if not path.startswith("tests/"):
            yield from check_functions(path, lines)
        if path.endswith(".h") and "#pragma once" not in code:
            yield Sin(path, 1, "a header begins with #pragma once")
    yield from check_toml_once(sources)


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    sins = list(sins_of(root))
    for sin in sins:
        print(sin)
    print(f"tidy: {len(sins)} to mend" if sins else "tidy: the house is in order")
    return 1 if sins else 0


if __name__ == "__main__":
    sys.exit(main())
