#!/usr/bin/env python3
"""Holds docs/semantics.md to what there is: every rule has a proof, and every scenario a rule.

    tests/tidy/semantics.py [ROOT]

Prints a line for each fault and exits with 1 when there is one. Only the standard library;
test_semantics.py plants each fault once.
"""
import re
import sys
from pathlib import Path

DOCUMENT = "docs/semantics.md"
SCENARIOS = "tests/scenario"
# Contract's sections that a document without them would have forgotten.
SECTIONS = ("States of a job", "Texts that clients match", "Retry", "Timeout", "Dependencies", "Arrays",
            "Several nodes", "Several containers", "Parameters, overrides, environment",
            "Order of dispatch", "Identifiers", "Cancel and terminate")
SCENARIO = re.compile(r"tests/scenario/[a-z0-9_]+\.txt")
UNIT = re.compile(r"(tests/\S+\.cc) (\w+)\.(\w+)")
END_TO_END = re.compile(r"(tests/e2e/\S+\.py)::(test_\w+)")


def fault_of(root: Path, proof: str) -> str:
    """What is wrong with a proof; empty when it is there."""
    if SCENARIO.fullmatch(proof):
        return "" if (root / proof).is_file() else f"there is no {proof}"
    unit, end_to_end = UNIT.fullmatch(proof), END_TO_END.fullmatch(proof)
    if not unit and not end_to_end:
        return f"`{proof}` is no scenario, no `FILE Suite.Name` and no `FILE::function`"
    file = root / (unit or end_to_end)[1]
    if not file.is_file():
        return f"there is no {(unit or end_to_end)[1]}"
    lists = file.parent / "CMakeLists.txt"
    if not lists.is_file() or file.name not in lists.read_text():
        return f"{lists.relative_to(root)} does not run {file.name}"
    text = file.read_text()
    if unit:
        is_there = re.search(rf"\b(TEST|TEST_F|TEST_P|RC_GTEST_PROP)\(\s*{unit[2]},\s*{unit[3]}\b", text)
    else:
        is_there = re.search(rf"^def {end_to_end[2]}\(", text, re.MULTILINE)
    return "" if is_there else f"there is no test `{proof}`"


def rows_of(text: str):
    """(line number, section, cells) of every row of every table of rules."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            section = line.lstrip("# ").strip()
        if line.startswith("|") and not re.fullmatch(r"[|\- ]+", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells != ["Rule", "Dray", "Proof"]:
                yield number, section, cells


def look(root: Path, sections=SECTIONS) -> list:
    """All faults of the document, as lines to print."""
    text = (root / DOCUMENT).read_text()
    faults, rules, named, seen = [], set(), set(), set()
    for number, section, cells in rows_of(text):
        at = f"{DOCUMENT}:{number}"
        seen.add(section)
        if len(cells) != 3:
            faults.append(f"{at}: a row has three cells: Rule, Dray, Proof")
            continue
        rule, _, proofs = cells
        if rule in rules:
            faults.append(f"{at}: this rule stands there twice: {rule}")
        rules.add(rule)
        found = re.findall(r"`([^`]+)`", proofs)
        if not found or re.sub(r"`[^`]+`", "", proofs).strip(", "):
            faults.append(f"{at}: the proof is a list of names in backticks")
        for proof in found:
            if SCENARIO.fullmatch(proof):
                named.add(proof)
            if fault := fault_of(root, proof):
                faults.append(f"{at}: {fault}")
    for file in sorted((root / SCENARIOS).glob("*.txt")):
        path = file.relative_to(root).as_posix()
        if file.name != "CMakeLists.txt" and path not in named:
            faults.append(f"{path}: name it as the proof of a rule in {DOCUMENT}")
    for section in sections:
        if section not in seen:
            faults.append(f"{DOCUMENT}: the section `{section}` has no rules")
    return faults


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    faults = look(root)
    print("\n".join(faults) if faults else "semantics: every rule has its proof")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
