"""Metaflow's @batch, with its data on S3: docs/clients/metaflow.md."""
from workflow import Guide, ObjectStore, all_jobs

GUIDE = Guide("metaflow")


def test_steps_become_jobs(batch_pool):
    store = ObjectStore(batch_pool)
    try:
        tool = GUIDE.tool(batch_pool, AWS_ENDPOINT_URL_S3=store.url)
        tool.give_to_jobs(METAFLOW_SKIP_INSTALL_DEPENDENCIES="yes")
        done = GUIDE.follow(tool)
    finally:
        store.program.end()
    jobs = [job["jobId"] for job in all_jobs(batch_pool, "SUCCEEDED")]
    assert len(jobs) == 2
    for job in jobs:
        assert f"from {job}" in done.stdout, done.stdout
    assert "working for a" in done.stdout
