#!/usr/bin/env python3
"""Plants each fault that semantics.py looks for once, and holds that it is found and nothing else."""
import tempfile
import unittest
from pathlib import Path

import semantics

HEAD = "# Rules\n\n## One\n\n| Rule | Dray | Proof |\n|---|---|---|\n"
GOOD = ("| a | as AWS | `tests/scenario/a.txt`, `tests/unit/x_test.cc Suite.Name` |\n"
        "| b | as AWS | `tests/e2e/test_x.py::test_it` |\n")


class Document(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)
        self.put("docs/semantics.md", HEAD + GOOD)
        self.put("tests/scenario/a.txt", "")
        self.put("tests/scenario/CMakeLists.txt", "")
        self.put("tests/unit/CMakeLists.txt", "x_test.cc")
        self.put("tests/e2e/CMakeLists.txt", "test_x.py")
        self.put("tests/unit/x_test.cc", "TEST_F(Suite, Name) {\n")
        self.put("tests/e2e/test_x.py", "def test_it(system):\n")

    def put(self, name, text):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def look(self, sections=("One",)):
        return semantics.look(self.root, sections)

    def fault(self, **arguments):
        faults = self.look(**arguments)
        self.assertEqual(len(faults), 1, faults)
        return faults[0]

    def with_row(self, row):
        self.put("docs/semantics.md", HEAD + GOOD + row + "\n")
        return self.fault()

    def test_a_sound_one_has_no_faults(self):
        self.assertEqual(self.look(), [])

    def test_a_row_without_a_proof(self):
        self.assertIn("list of names", self.with_row("| d | as AWS | |"))

    def test_a_proof_that_is_only_said(self):
        self.assertIn("list of names", self.with_row("| d | as AWS | `tests/scenario/a.txt` and others |"))

    def test_a_proof_of_no_kind(self):
        self.assertIn("is no scenario", self.with_row("| d | as AWS | `believe me` |"))

    def test_files_that_are_not_there(self):
        self.assertIn("no tests/scenario/z.txt", self.with_row("| d | | `tests/scenario/z.txt` |"))
        self.assertIn("no tests/unit/z.cc", self.with_row("| d | | `tests/unit/z.cc Suite.Name` |"))
        self.assertIn("no tests/e2e/z.py", self.with_row("| d | | `tests/e2e/z.py::test_it` |"))

    def test_tests_that_are_not_there(self):
        self.assertIn("no test", self.with_row("| d | | `tests/unit/x_test.cc Suite.Nam` |"))
        self.assertIn("no test", self.with_row("| d | | `tests/e2e/test_x.py::test_i` |"))

    def test_a_scenario_of_no_rule(self):
        self.put("tests/scenario/b.txt", "")
        self.assertIn("tests/scenario/b.txt: name it", self.fault())

    def test_a_test_that_is_not_run(self):
        self.put("tests/unit/y_test.cc", "TEST(Suite, Name) {\n")
        self.assertIn("does not run y_test.cc", self.with_row("| d | | `tests/unit/y_test.cc Suite.Name` |"))

    def test_a_rule_told_twice(self):
        self.assertIn("twice", self.with_row("| a | | `tests/scenario/a.txt` |"))

    def test_a_row_of_another_form(self):
        self.assertIn("three cells", self.with_row("| d | `tests/scenario/a.txt` |"))

    def test_a_forgotten_section(self):
        self.assertIn("no rules", self.fault(sections=("One", "Two")))


if __name__ == "__main__":
    unittest.main()
