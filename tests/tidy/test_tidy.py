#!/usr/bin/env python3
"""Plants each sin in a temporary tree and expects tidy.py to find it, and nothing else."""
import tempfile
import unittest
from pathlib import Path

import tidy

HEADER = "#pragma once\n"


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def plant(self, path, text, named=True):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if named and path.endswith((".cc", ".py")):
            with open(file.parent / "CMakeLists.txt", "a") as cmake:
                cmake.write(f"{file.name}\n")

    def advice(self):
        return [sin.advice for sin in tidy.sins_of(self.root)]

    def expect(self, path, text, part, named=True):
        self.plant(path, text, named)
        advice = self.advice()
        self.assertEqual(len(advice), 1, advice)
        self.assertIn(part, advice[0])

    def test_an_orderly_tree_has_no_sins(self):
        self.plant("model/job.h", HEADER + "/// sleeps for a TODO(0.2) of util\nstruct Job {};\n")
        self.plant("api/wire/job_json.cc", '#include <nlohmann/json.hpp>\n#include "model/job.h"\n')
        self.plant("scheduler/store/writer.cc", '#include <sqlite3.h>\n// "SELECT 1 FROM t"\n')
        self.plant("cli/main.cc", '#include "api/client/client.h"\n#include <CLI/CLI.hpp>\n')
        self.plant("tests/unit/store/a_test.cc", '#include "scheduler/store/x.h"\n#include <thread>\n')
        self.assertEqual(self.advice(), [])

    def test_the_core_may_not_know_the_door(self):
        self.expect("scheduler/core/step.cc", '#include "api/wire/frame.h"\n',
                    "scheduler/core may not know api/wire")

    def test_the_agent_may_not_know_the_scheduler(self):
        self.expect("agent/core/step.cc", '#include "scheduler/core/step.h"\n',
                    "agent/core may not know scheduler/core")

    def test_a_program_may_not_know_another_program(self):
        self.expect("cli/main.cc", '#include "agent/main.h"\n', "cli may not know agent")

    def test_the_runner_knows_one_header_of_the_supervisor(self):
        self.plant("agent/runner/native.cc", '#include "agent/supervisor/launch_plan.h"\n')
        self.expect("agent/runner/other.cc", '#include "agent/supervisor/journal.h"\n',
                    "agent/runner may not know agent/supervisor")

    def test_json_stays_in_the_wire_room(self):
        self.expect("cli/show.cc", "#include <nlohmann/json.hpp>\n", "may not know nlohmann/json")

    def test_json_stays_out_of_headers(self):
        self.plant("api/wire/a.h", HEADER + "#include <nlohmann/json_fwd.hpp>\n")
        self.assertIn("no JSON in a header: decode at the door, pass a struct", self.advice())

    def test_a_header_forces_no_names_on_others(self):
        self.expect("model/a.h", HEADER + "using namespace std;\n", "forces no names")

    def test_sqlite_stays_in_the_store(self):
        self.expect("scheduler/service/loop.cc", "#include <sqlite3.h>\n", "may not know SQLite")

    def test_sql_stays_in_the_store(self):
        self.expect("scheduler/service/loop.cc", 'auto q = "SELECT id FROM job";\n', "SQL lives in")

    def test_httplib_stays_out_of_headers(self):
        self.expect("api/server/door.h", HEADER + "#include <httplib.h>\n", "no place in door.h")

    def test_asio_stays_in_its_rooms(self):
        self.expect("cli/logs.cc", "#include <boost/asio.hpp>\n", "may not know Boost")

    def test_process_stays_with_the_supervisor(self):
        self.expect("agent/spawn.cc", "#include <boost/process/v2/process.hpp>\n", "Boost.Process")

    def test_cli11_stays_in_main(self):
        self.expect("cli/submit.cc", "#include <CLI/CLI.hpp>\n", "CLI11 has no place in submit.cc")

    def test_toml_is_compiled_once_a_program(self):
        self.plant("agent/config.cc", "#include <toml++/toml.h>\n")
        self.expect("agent/main.cc", "#include <toml++/toml.h>\n", "one file a program")

    def test_locks_stay_out_of_the_cores(self):
        self.expect("scheduler/core/state.cc", "#include <mutex>\n", "threads and locks")

    def test_a_pure_room_reads_no_clock(self):
        self.expect("agent/core/step.cc", "auto t = std::chrono::steady_clock::now();\n", "no clock")

    def test_a_pure_room_draws_no_chance(self):
        self.expect("scheduler/core/step.cc", "std::random_device chance;\n", "no chance")

    def test_a_pure_room_has_no_hash_order(self):
        self.expect("model/set.h", HEADER + "#include <unordered_map>\n", "hash order")

    def test_a_pure_room_has_no_streams(self):
        self.expect("model/text.cc", "#include <sstream>\n", "does no I/O")

    def test_a_pure_room_reads_no_environment(self):
        self.expect("agent/core/step.cc", 'auto x = std::getenv("X");\n', "no environment")

    def test_a_pure_room_has_no_static_state(self):
        self.expect("scheduler/core/step.cc", "static int calls = 0;\n", "no static state")

    def test_a_pure_room_does_not_compute_with_floats(self):
        self.expect("scheduler/core/placement.cc", "double leftover;\n", "integers")

    def test_a_long_file_is_found(self):
        self.expect("model/long.h", HEADER + "\n" * 500, "at most 500 lines, this one 501")

    def test_a_test_may_be_longer(self):
        self.plant("tests/unit/model/long_test.cc", "\n" * 800)
        self.assertEqual(self.advice(), [])

    def test_a_long_function_is_found(self):
        self.expect("cli/long.cc", "void run() {\n" + "  go();\n" * 70 + "}\n", "at most 70 lines")

    def test_an_empty_name_is_found(self):
        self.expect("model/string_util.h", HEADER, "by its noun")
        self.assertTrue(self.advice())

    def test_an_empty_type_name_is_found(self):
        self.expect("model/job.h", HEADER + "class JobManager {};\n", "name the thing by what it is")

    def test_a_camel_case_file_is_found(self):
        self.expect("model/JobId.h", HEADER, "snake_case")

    def test_a_header_without_pragma_once_is_found(self):
        self.expect("model/job.h", "struct Job {};\n", "#pragma once")

    def test_a_source_nobody_builds_is_found(self):
        self.expect("model/job.cc", "int x;\n", "no CMakeLists.txt names", named=False)

    def test_a_test_nobody_runs_is_found(self):
        self.expect("tests/e2e/test_kill.py", "pass\n", "no CMakeLists.txt names", named=False)

    def test_a_promise_without_a_date_is_found(self):
        self.expect("cli/show.cc", "// TODO: colours\n", "TODO(condition)")

    def test_waiting_for_time_is_found(self):
        self.expect("agent/main.cc", "std::this_thread::sleep_for(1s);\n", "wait for a condition")

    def test_sql_put_together_is_found(self):
        self.expect("scheduler/store/a.cc", 'sqlite3_exec(db, ("DROP " + name).c_str(), 0);\n',
                    "bind values")


if __name__ == "__main__":
    unittest.main()
