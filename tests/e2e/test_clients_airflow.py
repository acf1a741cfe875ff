"""Airflow's BatchOperator and BatchSensor in a DAG: docs/clients/airflow.md."""
from workflow import Guide, all_jobs, register

GUIDE = Guide("airflow")


def test_a_dag_runs_a_job(batch_pool):
    register(batch_pool, "greet", ["/bin/sh", "-c", "echo hello $0; exit $1", "Ref::word", "Ref::code"],
             parameters={"word": "nobody", "code": "0"})
    tool = GUIDE.tool(batch_pool)
    tool.environment.update({"AIRFLOW_HOME": str(tool.folder), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"})
    done = GUIDE.follow(tool, seconds=600)
    (job,) = all_jobs(batch_pool, "SUCCEEDED")
    assert job["jobName"] == "from-airflow"
    assert batch_pool.log_of(job["jobId"]) == ["hello airflow"]
    assert "hello airflow" in done.stdout + done.stderr, "the task's log has the job's lines"
