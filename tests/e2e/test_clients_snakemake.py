"""Snakemake's aws-batch executor, with its files on S3: docs/clients/snakemake.md."""
from workflow import Guide, ObjectStore, all_jobs

GUIDE = Guide("snakemake")


def test_rules_become_jobs(batch_pool):
    store = ObjectStore(batch_pool)
    try:
        tool = GUIDE.tool(batch_pool, AWS_ENDPOINT_URL_S3=store.url)
        tool.give_to_jobs()
        GUIDE.follow(tool, seconds=300)
        lines = store.get("snakemake/all.txt").splitlines()
    finally:
        store.program.end()
    jobs = [job["jobId"] for job in all_jobs(batch_pool, "SUCCEEDED")]
    assert [line.rsplit(" ", 1)[0] for line in lines] == ["hello a from", "hello b from"]
    assert {line.rsplit(" ", 1)[1] for line in lines} <= set(jobs)
